package io.culvert.rpc;

import io.culvert.rpc.exchange.Invocation;
import io.culvert.rpc.protocol.Header;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.Payload;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcException;
import io.culvert.rpc.protocol.RpcOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A request, as a resource of a device sees it. */
public final class DeviceRequest {
  private final Invocation invocation;
  private final Payload.Request payload;
  private final Map<String, String> parameters;
  private final Consumer<Reply> sender;

  DeviceRequest(
      Invocation invocation,
      Payload.Request payload,
      Map<String, String> parameters,
      Consumer<Reply> sender) {
    this.invocation = invocation;
    this.payload = payload;
    this.parameters = parameters;
    this.sender = sender;
  }

  DeviceRequest withParameters(Map<String, String> values) {
    return new DeviceRequest(invocation, payload, values, sender);
  }

  public String subsystem() {
    return invocation.topic().subsystem();
  }

  /** What goes beyond the plain protocol; nothing where the requester has not opted in. */
  public RpcOptions options() {
    return invocation.options();
  }

  public Method method() {
    return payload.method();
  }

  public String path() {
    return payload.path();
  }

  /** Tag of who asks, or null when that was not told. Nothing proves it. */
  public @Nullable String source() {
    return payload.header().source();
  }

  /** Everything that the requester has sent. */
  public Payload.Request payload() {
    return payload;
  }

  /** What stands in the path in the place of {@code {name}}. */
  public String parameter(String name) {
    String value = parameters.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the path of this resource has no {" + name + "}");
    }
    return value;
  }

  public @Nullable Object body() {
    return payload.body();
  }

  /**
   * The body as one of {@link String}, {@link Boolean}, {@link Integer}, {@link Long}, {@link
   * Double}, {@link List} and {@link Map}.
   *
   * @throws RpcException 400 where it is something else, or is missing
   */
  public <T> T body(Class<T> type) {
    Object body = payload.body();
    Object value = body instanceof Number number ? number(number, type) : body;
    if (type.isInstance(value)) {
      return type.cast(value);
    }
    throw refusal(
        ResponseCode.BAD_REQUEST,
        "the body must be %s, not %s"
            .formatted(name(type), value == null ? "nothing" : name(value.getClass())));
  }

  /** The same, where all elements must have a type. */
  public <T> List<T> bodyList(Class<T> elements) {
    List<?> body = body(List.class);
    return body.stream()
        .map(
            each -> {
              Object value = each instanceof Number number ? number(number, elements) : each;
              if (elements.isInstance(value)) {
                return elements.cast(value);
              }
              throw refusal(
                  ResponseCode.BAD_REQUEST, "every element of the body must be " + name(elements));
            })
        .toList();
  }

  /** A failure to be thrown: it becomes an answer with this code. */
  public RpcException refusal(ResponseCode code, String detail) {
    return RpcException.of(
        code, detail, payload.path(), payload.header().source(), null, payload.requestId());
  }

  /** The header, field by field, as it came. */
  public Map<String, @Nullable Object> headerFields() {
    Header header = payload.header();
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("request_id", header.requestId().text());
    fields.put("path", header.path());
    fields.put("correlation_id", header.correlationId());
    fields.put("source", header.source());
    fields.put("token", header.token());
    fields.put("method", payload.method().name());
    fields.putAll(header.more());
    return fields;
  }

  /**
   * Sends an answer now, before the one that is returned. A requester takes the first and ignores
   * the others.
   */
  public void send(Reply answer) {
    sender.accept(answer);
  }

  private static Object number(Number number, Class<?> type) {
    if (type == Long.class && number instanceof Integer small) {
      return small.longValue();
    }
    if (type == Double.class) {
      return number.doubleValue();
    }
    return number;
  }

  private static String name(Class<?> type) {
    if (List.class.isAssignableFrom(type)) {
      return "an array";
    }
    if (Map.class.isAssignableFrom(type)) {
      return "an object";
    }
    if (type == String.class) {
      return "a text";
    }
    if (type == Boolean.class) {
      return "true or false";
    }
    return type == Double.class ? "a number" : "a whole number";
  }
}
