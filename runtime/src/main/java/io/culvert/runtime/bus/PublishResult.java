package io.culvert.runtime.bus;

import io.vertx.core.json.JsonObject;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the broker says to a message that it has taken, as PUBACK, or PUBCOMP, would.
 *
 * @param reasonCode 0, or at QoS 1 and 2 16 where nobody is subscribed to the topic
 */
public record PublishResult(int reasonCode, String reason) {
  public static PublishResult fromJson(@Nullable Object body) {
    JsonFields fields = JsonFields.of(body, Set.of("reasonCode", "reason"));
    return new PublishResult((int) fields.number("reasonCode", 0, 255, 0), fields.text("reason"));
  }

  public JsonObject toJson() {
    return new JsonObject().put("reasonCode", reasonCode).put("reason", reason);
  }
}
