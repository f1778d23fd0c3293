package io.culvert.runtime.bus;

import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request to a device.
 *
 * @param target tag of the device
 * @param method GET, POST, PUT or DELETE
 * @param body any value of JSON, or null
 * @param timeoutMillis how long to wait for the answer, 1…86 400 000; 0 for {@code
 *     rpc.timeout-millis}
 * @param qos 0…2, or null for {@code rpc.qos}
 * @param token what proves to the device that the requester may, or null
 * @param correlationId what requests of one purpose have in common, or null
 * @param traceparent trace context as W3C writes it, or null
 */
public record RpcCall(
    String target,
    String subsystem,
    String path,
    String method,
    @Nullable Object body,
    long timeoutMillis,
    @Nullable Integer qos,
    @Nullable String token,
    @Nullable String correlationId,
    @Nullable String traceparent) {
  /** That a request may wait for its answer: a day. */
  public static final long LONGEST_MILLIS = 86_400_000;

  static final Set<String> FIELDS =
      Set.of(
          "target",
          "subsystem",
          "path",
          "method",
          "body",
          "timeoutMillis",
          "qos",
          "token",
          "correlationId",
          "traceparent");

  private static final List<String> METHODS = List.of("GET", "POST", "PUT", "DELETE");

  /** Reads a resource, all else by default. */
  public static RpcCall get(String target, String subsystem, String path) {
    return of(target, subsystem, path, "GET", null);
  }

  public static RpcCall of(
      String target, String subsystem, String path, String method, @Nullable Object body) {
    return new RpcCall(target, subsystem, path, method, body, 0, null, null, null, null);
  }

  public RpcCall withTimeoutMillis(long millis) {
    return new RpcCall(
        target, subsystem, path, method, body, millis, qos, token, correlationId, traceparent);
  }

  public RpcCall withToken(String value) {
    return new RpcCall(
        target,
        subsystem,
        path,
        method,
        body,
        timeoutMillis,
        qos,
        value,
        correlationId,
        traceparent);
  }

  /**
   * From the body of a request.
   *
   * @throws ReplyException naming the field that is wrong
   */
  public static RpcCall fromJson(@Nullable Object body) {
    JsonFields fields = JsonFields.of(body, FIELDS);
    return from(fields, fields.text("target"));
  }

  static RpcCall from(JsonFields fields, String target) {
    String given = fields.optionalText("method");
    String method = given == null ? "GET" : given.toUpperCase(Locale.ROOT);
    if (!METHODS.contains(method)) {
      throw fields.wrong("method", "must be one of " + String.join(", ", METHODS));
    }
    Long qos = fields.optionalNumber("qos", 0, 2);
    return new RpcCall(
        target,
        fields.text("subsystem"),
        fields.text("path"),
        method,
        fields.value("body"),
        fields.number("timeoutMillis", 1, LONGEST_MILLIS, 0),
        qos == null ? null : qos.intValue(),
        fields.optionalText("token"),
        fields.optionalText("correlationId"),
        fields.optionalText("traceparent"));
  }

  public JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("target", target)
            .put("subsystem", subsystem)
            .put("path", path)
            .put("method", method);
    put(json, "body", body);
    put(json, "timeoutMillis", timeoutMillis == 0 ? null : timeoutMillis);
    put(json, "qos", qos);
    put(json, "token", token);
    put(json, "correlationId", correlationId);
    put(json, "traceparent", traceparent);
    return json;
  }

  /** Never the body nor the token: this may stand in a log. */
  @Override
  public String toString() {
    return "RpcCall[" + method + " " + target + " " + subsystem + " " + path + "]";
  }

  private static void put(JsonObject json, String name, @Nullable Object value) {
    if (value != null) {
      json.put(name, value);
    }
  }
}
