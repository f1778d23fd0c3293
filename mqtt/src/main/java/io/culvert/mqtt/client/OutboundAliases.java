package io.culvert.mqtt.client;

import io.culvert.engine.Outbox;
import io.culvert.mqtt.session.Delivery;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.TopicName;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Topic aliases of one connection towards the server: the first topics get one each, until the
 * server's maximum is reached; nothing is ever re-assigned. Lives as long as the connection
 * [MQTT5-3.3.2-7].
 */
final class OutboundAliases {
  private final int maximum;
  private final Map<TopicName, Integer> known = new HashMap<>();

  OutboundAliases(int maximum) {
    this.maximum = maximum;
  }

  /** The PUBLISH with an alias, or null when it is better sent without. */
  @Nullable Publish shorten(Delivery delivery, int packetId, long nowMillis) {
    Message message = delivery.message();
    if (maximum == 0 || message.payload().length() >= Outbox.SHARE_FROM_BYTES) {
      return null; // a large payload is shared instead of copied
    }
    Integer alias = known.get(message.topic());
    if (alias == null && known.size() == maximum) {
      return null; // [MQTT5-3.2.2-17]
    }
    int number = alias == null ? known.size() + 1 : alias;
    return new Publish(
        alias == null ? message.topic() : TopicName.EMPTY,
        message.payload(),
        delivery.qos(),
        delivery.retain(),
        false,
        packetId,
        properties(message, nowMillis).with(Property.TOPIC_ALIAS, number));
  }

  /** The server has learned the alias of this PUBLISH. */
  void learned(Publish publish) {
    if (!publish.topic().isEmpty()) {
      known.put(publish.topic(), known.size() + 1);
    }
  }

  /** A message that has waited has less time left. */
  private static Properties properties(Message message, long nowMillis) {
    long expiresAt = message.expiresAtMillis();
    return expiresAt == Message.NEVER
        ? message.properties()
        : message
            .properties()
            .with(
                Property.MESSAGE_EXPIRY_INTERVAL,
                Math.max(1, (expiresAt - nowMillis + 999) / 1000));
  }
}
