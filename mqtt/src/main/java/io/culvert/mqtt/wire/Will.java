package io.culvert.mqtt.wire;

import io.culvert.engine.Bytes;

/**
 * The Will Message of a CONNECT.
 *
 * @param properties those of the Will in MQTT 5, in their order; empty before
 */
public record Will(TopicName topic, Bytes payload, QoS qos, boolean retain, Properties properties) {
  public Will {
    properties.checkAllowedInWill();
  }

  /** The same with an array of its own. */
  public Will copy() {
    return new Will(topic.copy(), payload.copy(), qos, retain, properties.copy());
  }
}
