package io.culvert.runtime.bus;

import io.vertx.core.json.JsonObject;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the broker says to a subscriber.
 *
 * @param subscription names it in a renewal and to unsubscribe
 * @param qos the highest QoS that was granted
 * @param leaseSeconds within these the lease must be renewed
 * @param sessionPresent whether messages have been kept for this session until now
 */
public record SubscribeResult(
    String subscription, int qos, int leaseSeconds, boolean sessionPresent) {
  private static final Set<String> FIELDS =
      Set.of("subscription", "qos", "leaseSeconds", "sessionPresent");

  public static SubscribeResult fromJson(@Nullable Object body) {
    JsonFields fields = JsonFields.of(body, FIELDS);
    return new SubscribeResult(
        fields.text("subscription"),
        (int) fields.number("qos", 0, 2, 0),
        (int) fields.number("leaseSeconds", 1, 3600, 1),
        fields.flag("sessionPresent", false));
  }

  public JsonObject toJson() {
    return new JsonObject()
        .put("subscription", subscription)
        .put("qos", qos)
        .put("leaseSeconds", leaseSeconds)
        .put("sessionPresent", sessionPresent);
  }
}
