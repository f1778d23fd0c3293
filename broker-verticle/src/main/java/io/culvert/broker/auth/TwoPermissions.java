package io.culvert.broker.auth;

import io.culvert.mqtt.server.Permissions;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import org.jspecify.annotations.Nullable;

/** What two say of one client: the second is asked where the first has no opinion. */
record TwoPermissions(Permissions first, Permissions second) implements Permissions {
  @Override
  public @Nullable ReasonCode publish(TopicName topic, QoS qos, boolean retain) {
    ReasonCode answer = first.publish(topic, qos, retain);
    return answer == null ? second.publish(topic, qos, retain) : answer;
  }

  @Override
  public @Nullable ReasonCode subscribe(TopicFilter filter, QoS qos) {
    ReasonCode answer = first.subscribe(filter, qos);
    return answer == null ? second.subscribe(filter, qos) : answer;
  }

  @Override
  public @Nullable ReasonCode receive(TopicName topic) {
    ReasonCode answer = first.receive(topic);
    return answer == null ? second.receive(topic) : answer;
  }
}
