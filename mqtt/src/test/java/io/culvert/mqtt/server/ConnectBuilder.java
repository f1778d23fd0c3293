package io.culvert.mqtt.server;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.mqtt.wire.Will;

/** A CONNECT: MQTT 5, Clean Start, no Keep Alive, a session that ends with its connection. */
final class ConnectBuilder {
  private final String clientId;
  private final Properties.Builder properties = Properties.builder();
  private MqttVersion version = MqttVersion.MQTT_5;
  private boolean cleanStart = true;
  private int keepAliveSeconds;
  private Will will;

  ConnectBuilder(String clientId) {
    this.clientId = clientId;
  }

  ConnectBuilder version(MqttVersion spoken) {
    version = spoken;
    return this;
  }

  ConnectBuilder cleanStart(boolean clean) {
    cleanStart = clean;
    return this;
  }

  ConnectBuilder keepAlive(int seconds) {
    keepAliveSeconds = seconds;
    return this;
  }

  ConnectBuilder expirySeconds(long seconds) {
    return with(Property.SESSION_EXPIRY_INTERVAL, seconds);
  }

  ConnectBuilder with(Property property, long value) {
    properties.put(property, value);
    return this;
  }

  ConnectBuilder with(Property property, Bytes value) {
    properties.put(property, value);
    return this;
  }

  ConnectBuilder with(Property property, String value) {
    properties.put(property, value);
    return this;
  }

  ConnectBuilder will(String topic, String payload) {
    return will(topic, payload, QoS.AT_MOST_ONCE, false, Properties.EMPTY);
  }

  /** A Will that is published so long after the end. */
  ConnectBuilder will(String topic, String payload, long delaySeconds) {
    Properties delay = Properties.builder().put(Property.WILL_DELAY_INTERVAL, delaySeconds).build();
    return will(topic, payload, QoS.AT_MOST_ONCE, false, delay);
  }

  ConnectBuilder will(
      String topic, String payload, QoS qos, boolean retain, Properties willProperties) {
    will = new Will(TopicName.of(topic), Bytes.utf8(payload), qos, retain, willProperties);
    return this;
  }

  Connect build() {
    return new Connect(
        version, cleanStart, keepAliveSeconds, clientId, will, null, null, properties.build());
  }
}
