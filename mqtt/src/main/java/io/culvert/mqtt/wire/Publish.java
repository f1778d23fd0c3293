package io.culvert.mqtt.wire;

import io.culvert.engine.Bytes;

/**
 * PUBLISH.
 *
 * @param topic empty only in MQTT 5 together with a Topic Alias
 * @param packetId 1…65 535, or 0 at QoS 0
 */
public record Publish(
    TopicName topic,
    Bytes payload,
    QoS qos,
    boolean retain,
    boolean dup,
    int packetId,
    Properties properties)
    implements MqttPacket {
  public Publish {
    properties.checkAllowedIn(PacketType.PUBLISH);
  }

  @Override
  public PacketType type() {
    return PacketType.PUBLISH;
  }
}
