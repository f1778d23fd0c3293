package io.culvert.mqtt.wire;

/** Told of each packet, for a driver's wire log. Never sees payloads or secrets. */
public interface PacketLog {
  /**
   * A packet has come.
   *
   * @param packetId 0 where there is none
   * @param sizeBytes the whole packet
   */
  void received(PacketType type, int packetId, int sizeBytes);

  /** A packet has been put into the outbox. */
  void sent(PacketType type, int packetId, int sizeBytes);
}
