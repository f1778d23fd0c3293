package io.culvert.mqtt.server;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.TopicName;

/** A PUBLISH: QoS 0, not retained, no properties. */
final class PublishBuilder {
  private final TopicName topic;
  private final Bytes payload;
  private final Properties.Builder properties = Properties.builder();
  private QoS qos = QoS.AT_MOST_ONCE;
  private boolean retain;
  private boolean dup;
  private int packetId;

  PublishBuilder(String topic, String payload) {
    this.topic = topic.isEmpty() ? TopicName.EMPTY : TopicName.of(topic);
    this.payload = Bytes.utf8(payload);
  }

  PublishBuilder qos(QoS wanted) {
    qos = wanted;
    return this;
  }

  PublishBuilder packetId(int id) {
    packetId = id;
    return this;
  }

  PublishBuilder retain() {
    retain = true;
    return this;
  }

  PublishBuilder dup() {
    dup = true;
    return this;
  }

  PublishBuilder with(Property property, long value) {
    properties.put(property, value);
    return this;
  }

  PublishBuilder with(Property property, String value) {
    properties.put(property, value);
    return this;
  }

  PublishBuilder with(Property property, Bytes value) {
    properties.put(property, value);
    return this;
  }

  PublishBuilder user(String name, String value) {
    properties.userProperty(name, value);
    return this;
  }

  Publish build() {
    return new Publish(topic, payload, qos, retain, dup, packetId, properties.build());
  }
}
