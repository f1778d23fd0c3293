package io.culvert.broker;

import io.culvert.mqtt.wire.PacketLog;
import io.culvert.mqtt.wire.PacketType;
import java.util.Collection;

/** Packets of one shard's clients and their bytes. Read and written on the shard's event loop. */
public final class PacketCounters implements PacketLog {
  private static final int TYPES = PacketType.values().length + 1; // by their numbers, from 1

  private final long[] received = new long[TYPES];
  private final long[] receivedBytes = new long[TYPES];
  private final long[] sent = new long[TYPES];
  private final long[] sentBytes = new long[TYPES];

  PacketCounters() {}

  /** The sum of what several have counted, as it is now. */
  static PacketCounters total(Collection<PacketCounters> all) {
    PacketCounters total = new PacketCounters();
    for (PacketCounters each : all) {
      for (int type = 1; type < TYPES; type++) {
        total.received[type] += each.received[type];
        total.receivedBytes[type] += each.receivedBytes[type];
        total.sent[type] += each.sent[type];
        total.sentBytes[type] += each.sentBytes[type];
      }
    }
    return total;
  }

  @Override
  public void received(PacketType type, int packetId, int sizeBytes) {
    received[type.value()]++;
    receivedBytes[type.value()] += sizeBytes;
  }

  @Override
  public void sent(PacketType type, int packetId, int sizeBytes) {
    sent[type.value()]++;
    sentBytes[type.value()] += sizeBytes;
  }

  /** Packets that came whole and were accepted as such. */
  public long received(PacketType type) {
    return received[type.value()];
  }

  /** Bytes of them. */
  public long receivedBytes(PacketType type) {
    return receivedBytes[type.value()];
  }

  /** Packets that were handed to connections. */
  public long sent(PacketType type) {
    return sent[type.value()];
  }

  /** Bytes of them. */
  public long sentBytes(PacketType type) {
    return sentBytes[type.value()];
  }

  /** Packets of all types that came. */
  public long received() {
    return sum(received);
  }

  /** Packets of all types that were sent. */
  public long sent() {
    return sum(sent);
  }

  /** Bytes of all types that came. */
  public long receivedBytes() {
    return sum(receivedBytes);
  }

  /** Bytes of all types that were sent. */
  public long sentBytes() {
    return sum(sentBytes);
  }

  private static long sum(long[] counts) {
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    return sum;
  }
}
