package io.culvert.mqtt.client;

import io.culvert.engine.Outbox;
import io.culvert.engine.Wake;
import io.culvert.mqtt.session.Delivery;
import io.culvert.mqtt.session.PacketSender;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.PacketLog;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.ReasonCode;
import org.jspecify.annotations.Nullable;

/** The way out of one connection: what the server takes, and the time of the last packet. */
final class Transmitter {
  /** More than a server can make a client owe it while it reads. */
  private static final int ANSWER_BYTES = 1 << 20;

  private final PacketSender sender;
  private final Wake wake;
  private final KeepAlive keepAlive;
  private long outboxBytes = Long.MAX_VALUE;

  Transmitter(Outbox out, Wake wake, KeepAlive keepAlive, @Nullable PacketLog log) {
    this.sender = new PacketSender(out, log);
    this.wake = wake;
    this.keepAlive = keepAlive;
    sender.maximumPacketSize(ServerTerms.LARGEST_PACKET_BYTES);
  }

  MqttVersion version() {
    return sender.version();
  }

  void version(MqttVersion spoken) {
    sender.version(spoken);
  }

  void maximumPacketSize(long bytes) {
    sender.maximumPacketSize(bytes);
  }

  /** How many Topic Aliases may be used. */
  void topicAliasMaximum(int maximum) {
    sender.topicAliasMaximum(maximum);
  }

  void outboxBytes(long bytes) {
    outboxBytes = bytes;
  }

  /** The outbox is not so full that a message had better wait. */
  boolean hasRoom() {
    return sender.pendingBytes() < outboxBytes;
  }

  /** There is much more in it than messages: answers that the server does not read. */
  boolean isChoked() {
    return sender.pendingBytes() - ANSWER_BYTES > outboxBytes;
  }

  boolean fits(MqttPacket packet) {
    return sender.fits(packet);
  }

  boolean fits(Delivery delivery, long nowMillis) {
    return sender.fits(delivery, nowMillis);
  }

  void send(MqttPacket packet, long nowMillis) {
    sender.send(packet);
    sent(nowMillis);
  }

  void sendAck(PacketType type, int packetId, ReasonCode reasonCode, long nowMillis) {
    sender.sendAck(type, packetId, reasonCode);
    sent(nowMillis);
  }

  void sendPublish(Delivery delivery, int packetId, boolean dup, long nowMillis) {
    sender.sendPublish(delivery, packetId, dup, nowMillis);
    sent(nowMillis);
  }

  private void sent(long nowMillis) {
    keepAlive.sent(nowMillis);
    wake.changed();
  }
}
