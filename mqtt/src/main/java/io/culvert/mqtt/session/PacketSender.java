package io.culvert.mqtt.session;

import io.culvert.engine.Outbox;
import io.culvert.mqtt.wire.MqttEncoder;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.PacketLog;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * Writes packets for one peer: in its version, logged, and told apart from those it cannot take.
 */
public final class PacketSender {
  private final Outbox out;
  private final @Nullable PacketLog log;
  private MqttVersion version = MqttVersion.MQTT_5;
  private long maximumPacketSizeBytes = Long.MAX_VALUE;
  private @Nullable OutboundAliases aliases;
  private boolean wantsReasons = true;

  /**
   * @param log told of each packet, or null
   */
  public PacketSender(Outbox out, @Nullable PacketLog log) {
    this.out = out;
    this.log = log;
  }

  public MqttVersion version() {
    return version;
  }

  public void version(MqttVersion spoken) {
    version = spoken;
  }

  /** The largest packet that the peer takes. */
  public void maximumPacketSize(long bytes) {
    maximumPacketSizeBytes = bytes;
  }

  /** What it remembers of the peer, in bytes of memory, roughly. */
  public int heldBytes() {
    OutboundAliases known = aliases;
    return known == null ? 0 : known.heldBytes();
  }

  /** How many Topic Aliases the peer takes, and we want to use; only MQTT 5 knows them. */
  public void topicAliasMaximum(int maximum) {
    aliases = maximum == 0 ? null : new OutboundAliases(maximum); // [MQTT5-3.1.2-27]
  }

  /** Whether the peer wants a Reason String in other packets than CONNACK and DISCONNECT. */
  public void wantsReasons(boolean wanted) {
    wantsReasons = wanted;
  }

  /** Whether an acknowledgement may say why it refuses [MQTT5-3.1.2-29]. */
  public boolean mayExplain() {
    return wantsReasons && version.isMqtt5();
  }

  public long pendingBytes() {
    return out.pendingBytes();
  }

  /** Whether the peer takes a packet of this size. */
  public boolean fits(MqttPacket packet) {
    return maximumPacketSizeBytes == Long.MAX_VALUE
        || MqttEncoder.size(packet, version) <= maximumPacketSizeBytes;
  }

  /** Whether the peer takes a PUBLISH of this size. */
  public boolean fits(Delivery delivery, long nowMillis) {
    return maximumPacketSizeBytes == Long.MAX_VALUE
        || delivery.sizeBytes(version, nowMillis) <= maximumPacketSizeBytes;
  }

  /** Sends the packet, of which the caller knows that it fits. */
  public void send(MqttPacket packet) {
    long before = out.pendingBytes();
    MqttEncoder.write(packet, version, out);
    sent(packet.type(), packet.packetId(), before);
  }

  /** Sends PUBACK, PUBREC, PUBREL or PUBCOMP. */
  public void sendAck(PacketType type, int packetId, ReasonCode reasonCode) {
    long before = out.pendingBytes();
    MqttEncoder.writeAck(type, packetId, reasonCode, version, out);
    sent(type, packetId, before);
  }

  /** Sends a PUBLISH; {@code packetId} is 0 at QoS 0. */
  public void sendPublish(Delivery delivery, int packetId, boolean dup, long nowMillis) {
    long before = out.pendingBytes();
    OutboundAliases known = aliases;
    if (known == null) {
      delivery.writeTo(out, version, packetId, dup, nowMillis);
    } else {
      delivery.writeTo(out, known, maximumPacketSizeBytes, packetId, dup, nowMillis);
    }
    sent(PacketType.PUBLISH, packetId, before);
  }

  private void sent(PacketType type, int packetId, long before) {
    if (log != null) {
      log.sent(type, packetId, (int) (out.pendingBytes() - before));
    }
  }
}
