package io.culvert.runtime.bus;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;

/**
 * Device RPC over the event bus, for verticles on any node. Futures fail with what {@link
 * RpcFailure} lists, or as the event bus itself fails where no such service is there.
 */
public final class CulvertRpc {
  /** So that the service's own words come before the event bus gives up. */
  private static final long MARGIN_MILLIS = 2000;

  private final EventBus bus;

  private CulvertRpc(EventBus bus) {
    this.bus = bus;
  }

  public static CulvertRpc create(Vertx vertx) {
    return new CulvertRpc(vertx.eventBus());
  }

  /** Asks a device; completes with what it has answered if that is no failure. */
  public Future<RpcAnswer> request(RpcCall call) {
    return ask(RpcAddresses.REQUEST, call.toJson(), call.timeoutMillis()).map(RpcAnswer::fromJson);
  }

  /** Asks a device, and wants no answer; completes when the broker has the request. */
  public Future<Void> tell(RpcCall call) {
    return ask(RpcAddresses.TELL, call.toJson(), 0).mapEmpty();
  }

  /**
   * Keeps a request until its device is there; completes when it is kept. The reply, which has its
   * {@code id}, is as docs/event-bus.md says, and so is what comes to the address of the
   * submission.
   */
  public Future<JsonObject> submit(RpcSubmission submission) {
    return ask(RpcAddresses.SUBMIT, submission.toJson(), 0);
  }

  /** Asks many devices; the reply is as docs/event-bus.md says. */
  public Future<JsonObject> batch(RpcBatch batch) {
    return ask(RpcAddresses.BATCH, batch.toJson(), batch.call().timeoutMillis());
  }

  /** Anything else that docs/event-bus.md lists. */
  public Future<JsonObject> ask(String address, JsonObject body) {
    return ask(address, body, 0);
  }

  private Future<JsonObject> ask(String address, JsonObject body, long timeoutMillis) {
    DeliveryOptions options = new DeliveryOptions();
    options.setSendTimeout(Math.max(options.getSendTimeout(), timeoutMillis + MARGIN_MILLIS));
    return bus.<JsonObject>request(address, body, options).map(Message::body);
  }
}
