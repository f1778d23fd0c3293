package io.culvert.mqtt.client;

import io.culvert.engine.Outbox;
import io.culvert.engine.Wake;
import io.culvert.mqtt.session.Delivery;
import io.culvert.mqtt.wire.MqttEncoder;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.ReasonCode;

/** The way out of one connection: version, size limit, and the time of the last packet. */
final class Transmitter {
  private final Outbox out;
  private final Wake wake;
  private final KeepAlive keepAlive;
  private MqttVersion version = MqttVersion.MQTT_5;
  private long maximumPacketSizeBytes = ServerTerms.LARGEST_PACKET_BYTES;

  Transmitter(Outbox out, Wake wake, KeepAlive keepAlive) {
    this.out = out;
    this.wake = wake;
    this.keepAlive = keepAlive;
  }

  MqttVersion version() {
    return version;
  }

  void version(MqttVersion spoken) {
    version = spoken;
  }

  void maximumPacketSize(long bytes) {
    maximumPacketSizeBytes = bytes;
  }

  boolean fits(MqttPacket packet) {
    return MqttEncoder.size(packet, version) <= maximumPacketSizeBytes;
  }

  boolean fits(Delivery delivery, long nowMillis) {
    return delivery.sizeBytes(version, nowMillis) <= maximumPacketSizeBytes;
  }

  void send(MqttPacket packet, long nowMillis) {
    MqttEncoder.write(packet, version, out);
    sent(nowMillis);
  }

  void sendAck(PacketType type, int packetId, ReasonCode reasonCode, long nowMillis) {
    MqttEncoder.writeAck(type, packetId, reasonCode, version, out);
    sent(nowMillis);
  }

  void sendPublish(Delivery delivery, int packetId, boolean dup, long nowMillis) {
    delivery.writeTo(out, version, packetId, dup, nowMillis);
    sent(nowMillis);
  }

  void sendPing(long nowMillis) {
    MqttEncoder.writePingReq(out);
    sent(nowMillis);
  }

  private void sent(long nowMillis) {
    keepAlive.sent(nowMillis);
    wake.changed();
  }
}
