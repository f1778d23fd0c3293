package io.culvert.rpc.demo;

import io.culvert.rpc.Device;
import io.culvert.rpc.DeviceRequest;
import io.culvert.rpc.Reply;
import io.culvert.rpc.protocol.ResponseCode;
import io.vertx.core.Vertx;
import java.util.List;

/**
 * A device that shows what devices may do: {@code echo}, {@code gains}, {@code create}, {@code
 * del}, {@code valid}, {@code code/N}, {@code slow/MS}, {@code silent}, {@code twice}, {@code
 * corr}.
 */
public final class SimulatedDevice {
  /** Longer waits nobody. */
  private static final long LONGEST_MILLIS = 3_600_000;

  private final Vertx vertx;
  private final Device device = new Device();
  private List<?> gains = List.of(0, 1, 2, 3, 4);

  private SimulatedDevice(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Its resources, in every subsystem. */
  public static Device create(Vertx vertx) {
    return new SimulatedDevice(vertx).device();
  }

  private Device device() {
    device.resource("echo").title("Answers what it gets").any(r -> Reply.content(r.body()));
    device
        .resource("gains")
        .title("Five numbers")
        .type("gf.gains")
        .get(request -> Reply.content(gains))
        .put(this::replaceGains);
    device.resource("create").post(request -> Reply.created("items/1"));
    device.resource("del").delete(request -> Reply.deleted());
    device.resource("valid").any(request -> Reply.of(ResponseCode.VALID, null));
    device.resource("code/{number}").any(SimulatedDevice::code);
    device.resource("slow/{millis}").any(this::slow);
    device.resource("silent").any(request -> Reply.none());
    device.resource("twice").any(SimulatedDevice::twice);
    device.resource("corr").any(request -> Reply.content(request.headerFields()));
    return device;
  }

  private Reply replaceGains(DeviceRequest request) {
    gains = request.body(List.class);
    device.changed("gains");
    return Reply.changed();
  }

  private static Reply code(DeviceRequest request) {
    long number = number(request, "number", 0, 999);
    ResponseCode code = ResponseCode.find((int) number);
    if (code == null) {
      throw request.refusal(ResponseCode.BAD_REQUEST, number + " is no response code");
    }
    return Reply.of(code, "this is %d %s, as you asked".formatted(number, code));
  }

  private Reply slow(DeviceRequest request) {
    long millis = number(request, "millis", 0, LONGEST_MILLIS);
    Reply answer = Reply.content("after %d ms".formatted(millis));
    return millis == 0 ? answer : Reply.later(vertx.timer(millis).map(done -> answer));
  }

  private static Reply twice(DeviceRequest request) {
    request.send(Reply.content("the first answer"));
    return Reply.failure(ResponseCode.NOT_FOUND, "the second answer");
  }

  private static long number(DeviceRequest request, String name, long least, long most) {
    String text = request.parameter(name);
    try {
      long number = Long.parseLong(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw request.refusal(
        ResponseCode.BAD_REQUEST,
        "%s is no whole number from %d to %d".formatted(text, least, most));
  }
}
