package io.culvert.mqtt.session;

import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Statement;
import io.culvert.mqtt.wire.TopicName;
import org.jspecify.annotations.Nullable;

/** Topic Aliases that the peer has defined on one connection [MQTT5-3.3.2-7]. */
public final class InboundAliases {
  private static final @Nullable TopicName[] NONE = {};

  /** Of a topic beside its characters. */
  private static final int OVERHEAD_BYTES = 80;

  private final int maximum;
  private final Statement bound;
  private @Nullable TopicName[] topics = NONE;
  private int heldBytes;

  /**
   * @param maximum the Topic Alias Maximum that the peer was told
   * @param bound the statement that binds this kind of peer to it
   */
  public InboundAliases(int maximum, Statement bound) {
    this.maximum = maximum;
    this.bound = bound;
  }

  /** Roughly what they hold of memory. */
  public int heldBytes() {
    return heldBytes;
  }

  /** The Topic Name of a PUBLISH, which may have only an alias. */
  public TopicName resolve(Publish publish) {
    Properties properties = publish.properties();
    TopicName topic = publish.topic();
    if (!properties.has(Property.TOPIC_ALIAS)) {
      return topic;
    }
    int alias = (int) properties.integer(Property.TOPIC_ALIAS, 0);
    if (alias == 0 || alias > maximum) {
      throw new MqttViolation(
          ReasonCode.TOPIC_ALIAS_INVALID,
          alias == 0 ? Statement.MQTT5_3_3_2_8 : bound,
          "Topic Alias " + alias + " of at most " + maximum);
    }
    if (topics == NONE) {
      topics = new TopicName[maximum + 1];
    }
    TopicName known = topics[alias];
    if (!topic.isEmpty()) {
      if (known == null || !known.equals(topic)) { // a peer may name the topic each time
        topics[alias] = topic.copy();
        heldBytes += OVERHEAD_BYTES + topic.length();
        heldBytes -= known == null ? 0 : OVERHEAD_BYTES + known.length();
      }
      return topic;
    }
    if (known == null) {
      throw new MqttViolation(
          ReasonCode.PROTOCOL_ERROR, null, "Topic Alias " + alias + " is unknown");
    }
    return known;
  }
}
