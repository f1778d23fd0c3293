package io.culvert.mqtt.session;

import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.ReasonCode;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Received QoS 1 and 2 messages whose PUBACK or PUBREC has not been sent, in order of arrival. An
 * acknowledgement may be decided at any time, but they leave in the order in which their messages
 * came [MQTT5-4.6.0-2], [MQTT5-4.6.0-3]. Bounded by the Receive Maximum, which its owner enforces.
 */
public final class AckQueue {
  private static final int FIRST_SLOTS = 8;
  private static final int ID_MASK = 0xffff;
  private static final int IS_PUBREC = 1 << 16;
  private static final int DECIDED = 1 << 17;
  private static final int REASON_SHIFT = 18;
  private static final int[] NONE = {};

  private int[] ring = NONE;
  private int head;
  private int size;

  /** Messages whose acknowledgement has not left. */
  public int size() {
    return size;
  }

  /** A QoS 1 message has come that PUBACK, or a QoS 2 message that PUBREC will answer. */
  public void add(int packetId, boolean pubRec) {
    if (size == ring.length) {
      grow();
    }
    ring[(head + size) & (ring.length - 1)] = packetId | (pubRec ? IS_PUBREC : 0);
    size++;
  }

  /** As {@link #add}, for one that needs no decision. */
  public void addDecided(int packetId, boolean pubRec, ReasonCode reasonCode) {
    add(packetId, pubRec);
    ring[(head + size - 1) & (ring.length - 1)] |= DECIDED | reasonCode.value() << REASON_SHIFT;
  }

  /** Whether an acknowledgement of this identifier has not left. */
  public boolean contains(int packetId) {
    for (int i = 0; i < size; i++) {
      if ((ring[(head + i) & (ring.length - 1)] & ID_MASK) == packetId) {
        return true;
      }
    }
    return false;
  }

  /** Tells the identifiers of QoS 2 messages that are not decided, in order of arrival. */
  public void forEachUndecidedPubRec(IntConsumer action) {
    for (int i = 0; i < size; i++) {
      int ack = ring[(head + i) & (ring.length - 1)];
      if ((ack & (IS_PUBREC | DECIDED)) == IS_PUBREC) {
        action.accept(ack & ID_MASK);
      }
    }
  }

  /** Tells the identifiers of QoS 2 messages that are refused, which their sender does not know. */
  public void forEachRefusedPubRec(IntConsumer action) {
    for (int i = 0; i < size; i++) {
      int ack = ring[(head + i) & (ring.length - 1)];
      boolean isDecided = (ack & (IS_PUBREC | DECIDED)) == (IS_PUBREC | DECIDED);
      if (isDecided && ReasonCode.of(ack >>> REASON_SHIFT, PacketType.PUBREC).isError()) {
        action.accept(ack & ID_MASK);
      }
    }
  }

  /** Whether a QoS 2 message of this identifier is not decided yet. */
  public boolean owesPubRec(int packetId) {
    for (int i = 0; i < size; i++) {
      int ack = ring[(head + i) & (ring.length - 1)];
      if ((ack & (ID_MASK | IS_PUBREC | DECIDED)) == (packetId | IS_PUBREC)) {
        return true;
      }
    }
    return false;
  }

  /** Decides the oldest undecided acknowledgement of this identifier; false when there is none. */
  public boolean decide(int packetId, ReasonCode reasonCode) {
    for (int i = 0; i < size; i++) {
      int at = (head + i) & (ring.length - 1);
      if ((ring[at] & (ID_MASK | DECIDED)) == packetId) {
        ring[at] |= DECIDED | reasonCode.value() << REASON_SHIFT;
        return true;
      }
    }
    return false;
  }

  /** The oldest acknowledgement may leave. */
  public boolean isReady() {
    return size > 0 && (ring[head] & DECIDED) != 0;
  }

  /** PUBACK or PUBREC: the type of the oldest one. */
  public PacketType type() {
    return (ring[head] & IS_PUBREC) != 0 ? PacketType.PUBREC : PacketType.PUBACK;
  }

  public int packetId() {
    return ring[head] & ID_MASK;
  }

  public ReasonCode reasonCode() {
    return ReasonCode.of(ring[head] >>> REASON_SHIFT, type());
  }

  /** The oldest one has left. */
  public void remove() {
    head = (head + 1) & (ring.length - 1);
    size--;
  }

  public void clear() {
    ring = NONE;
    head = 0;
    size = 0;
  }

  private void grow() {
    int[] larger = new int[Math.max(FIRST_SLOTS, ring.length * 2)];
    int first = Math.min(size, ring.length - head);
    System.arraycopy(ring, head, larger, 0, first);
    System.arraycopy(ring, 0, larger, first, size - first);
    ring = larger;
    head = 0;
  }

  @Override
  public String toString() {
    return "AckQueue" + Arrays.toString(Arrays.copyOf(ring, size));
  }
}
