package io.culvert.mqtt.client;

import io.culvert.engine.Outbox;
import io.culvert.engine.Wake;
import io.culvert.mqtt.session.Delivery;
import io.culvert.mqtt.wire.MqttEncoder;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.PacketLog;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.ReasonCode;
import org.jspecify.annotations.Nullable;

/** The way out of one connection: version, limits, and the time of the last packet. */
final class Transmitter {
  private final Outbox out;
  private final Wake wake;
  private final KeepAlive keepAlive;
  private final @Nullable PacketLog log;
  private MqttVersion version = MqttVersion.MQTT_5;
  private long maximumPacketSizeBytes = ServerTerms.LARGEST_PACKET_BYTES;
  private long outboxBytes = Long.MAX_VALUE;

  Transmitter(Outbox out, Wake wake, KeepAlive keepAlive, @Nullable PacketLog log) {
    this.out = out;
    this.wake = wake;
    this.keepAlive = keepAlive;
    this.log = log;
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

  void outboxBytes(long bytes) {
    outboxBytes = bytes;
  }

  /** The outbox is not so full that a message had better wait. */
  boolean hasRoom() {
    return out.pendingBytes() < outboxBytes;
  }

  boolean fits(MqttPacket packet) {
    return MqttEncoder.size(packet, version) <= maximumPacketSizeBytes;
  }

  boolean fits(Delivery delivery, long nowMillis) {
    return delivery.sizeBytes(version, nowMillis) <= maximumPacketSizeBytes;
  }

  void send(MqttPacket packet, long nowMillis) {
    long before = out.pendingBytes();
    MqttEncoder.write(packet, version, out);
    sent(packet.type(), packet.packetId(), before, nowMillis);
  }

  void sendAck(PacketType type, int packetId, ReasonCode reasonCode, long nowMillis) {
    long before = out.pendingBytes();
    MqttEncoder.writeAck(type, packetId, reasonCode, version, out);
    sent(type, packetId, before, nowMillis);
  }

  void sendPublish(Delivery delivery, int packetId, boolean dup, long nowMillis) {
    long before = out.pendingBytes();
    delivery.writeTo(out, version, packetId, dup, nowMillis);
    sent(PacketType.PUBLISH, packetId, before, nowMillis);
  }

  private void sent(PacketType type, int packetId, long before, long nowMillis) {
    if (log != null) {
      log.sent(type, packetId, (int) (out.pendingBytes() - before));
    }
    keepAlive.sent(nowMillis);
    wake.changed();
  }
}
