package io.culvert.mqtt.client;

import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Statement;
import io.culvert.mqtt.wire.TopicName;
import org.jspecify.annotations.Nullable;

/** Topic aliases that the server has defined on one connection. */
final class InboundAliases {
  private static final @Nullable TopicName[] NONE = {};

  private final int maximum;
  private @Nullable TopicName[] topics = NONE;

  InboundAliases(int maximum) {
    this.maximum = maximum;
  }

  /** The same PUBLISH with its Topic Name. */
  Publish resolve(Publish publish) {
    if (!publish.properties().has(Property.TOPIC_ALIAS)) {
      return publish;
    }
    int alias = (int) publish.properties().integer(Property.TOPIC_ALIAS, 0);
    if (alias > maximum) {
      throw new MqttViolation(
          ReasonCode.TOPIC_ALIAS_INVALID,
          Statement.MQTT5_3_3_2_11,
          "Topic Alias " + alias + " of at most " + maximum);
    }
    if (topics == NONE) {
      topics = new TopicName[maximum + 1];
    }
    if (!publish.topic().isEmpty()) {
      topics[alias] = publish.topic().copy();
      return publish;
    }
    TopicName topic = topics[alias];
    if (topic == null) {
      throw new MqttViolation(
          ReasonCode.PROTOCOL_ERROR, null, "Topic Alias " + alias + " is unknown");
    }
    return new Publish(
        topic,
        publish.payload(),
        publish.qos(),
        publish.retain(),
        publish.dup(),
        publish.packetId(),
        publish.properties());
  }
}
