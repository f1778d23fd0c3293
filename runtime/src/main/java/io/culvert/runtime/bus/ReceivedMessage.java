package io.culvert.runtime.bus;

import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A message as a subscriber gets it.
 *
 * @param subscription which one it comes through
 * @param attempt 1 at first; more where it was not acknowledged before
 */
public record ReceivedMessage(MqttMessage message, String subscription, int attempt) {
  private static final Set<String> FIELDS = fields();

  public static ReceivedMessage fromJson(@Nullable Object body) {
    JsonFields fields = JsonFields.of(body, FIELDS);
    return new ReceivedMessage(
        MqttMessage.from(fields),
        fields.text("subscription"),
        (int) fields.number("attempt", 1, Integer.MAX_VALUE, 1));
  }

  public JsonObject toJson() {
    return message.toJson().put("subscription", subscription).put("attempt", attempt);
  }

  private static Set<String> fields() {
    Set<String> fields = new HashSet<>(MqttMessage.FIELDS);
    fields.add("subscription");
    fields.add("attempt");
    return Set.copyOf(fields);
  }
}
