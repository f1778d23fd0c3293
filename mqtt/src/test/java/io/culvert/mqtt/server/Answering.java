package io.culvert.mqtt.server;

import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import org.jspecify.annotations.Nullable;

/**
 * The same answer to everything.
 *
 * @param answer null where nobody has an opinion
 */
record Answering(@Nullable ReasonCode answer) implements Permissions {
  @Override
  public @Nullable ReasonCode publish(TopicName topic, QoS qos, boolean retain) {
    return answer;
  }

  @Override
  public @Nullable ReasonCode subscribe(TopicFilter filter, QoS qos) {
    return answer;
  }

  @Override
  public @Nullable ReasonCode receive(TopicName topic) {
    return answer;
  }
}
