package io.culvert.runtime.bus;

import io.vertx.core.json.JsonObject;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a device has answered.
 *
 * @param code 201…205
 * @param body any value of JSON, or null
 * @param location where a created resource is, or null
 * @param header all other fields of its header
 */
public record RpcAnswer(
    int code,
    String requestId,
    @Nullable Object body,
    @Nullable String location,
    JsonObject header) {
  private static final Set<String> FIELDS =
      Set.of("code", "requestId", "body", "location", "header");

  public static RpcAnswer fromJson(@Nullable Object reply) {
    JsonFields fields = JsonFields.of(reply, FIELDS);
    return new RpcAnswer(
        (int) fields.number("code", 0, Integer.MAX_VALUE, 0),
        fields.text("requestId"),
        fields.value("body"),
        fields.optionalText("location"),
        fields.value("header") instanceof JsonObject header ? header : new JsonObject());
  }

  public JsonObject toJson() {
    JsonObject json =
        new JsonObject().put("code", code).put("requestId", requestId).put("body", body);
    if (location != null) {
      json.put("location", location);
    }
    return json.put("header", header);
  }

  /** Never the body: this may stand in a log. */
  @Override
  public String toString() {
    return "RpcAnswer[" + code + ", " + requestId + "]";
  }
}
