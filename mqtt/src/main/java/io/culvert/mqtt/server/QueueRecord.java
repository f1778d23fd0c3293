package io.culvert.mqtt.server;

import io.culvert.engine.Bytes;
import io.culvert.engine.Journal;
import io.culvert.mqtt.session.Delivery;
import io.culvert.mqtt.session.Message;
import org.jspecify.annotations.Nullable;

/** The record of one message in the queue of a session, as far as it can be read. */
final class QueueRecord {
  final long number;
  private final Delivery.@Nullable Shape shape;
  final long payloadId;
  final int packetId;
  final int heldBytes;
  @Nullable Message message;

  private QueueRecord(
      long number,
      Delivery.@Nullable Shape shape,
      long payloadId,
      int packetId,
      int heldBytes,
      @Nullable Message message) {
    this.number = number;
    this.shape = shape;
    this.payloadId = payloadId;
    this.packetId = packetId;
    this.heldBytes = heldBytes;
    this.message = message;
  }

  /** As far as it can be read. */
  static QueueRecord read(Journal.Entry entry, Ledger ledger) {
    long number = RecordKeys.queuedNumber(entry.key());
    FrameReader in = new FrameReader();
    long payloadId = 0;
    int packetId = 0;
    try {
      if (in.beginRecord(entry.value(), ledger.toWall(0))) {
        payloadId = in.i64();
        packetId = in.u16();
        int heldBytes = in.i32();
        Delivery.Shape shape = in.shape();
        Message message = payloadId == 0 ? in.message() : null;
        return new QueueRecord(number, shape, payloadId, packetId, heldBytes, message);
      }
    } catch (RuntimeException unreadable) { // whatever a damaged record makes of it
      ledger.damaged("a record of " + entry.value().length() + " bytes: " + unreadable);
    }
    return new QueueRecord(number, null, payloadId, packetId, 0, null);
  }

  static @Nullable Message message(Bytes value, Ledger ledger) {
    FrameReader in = new FrameReader();
    try {
      return in.beginRecord(value, ledger.toWall(0)) ? in.message() : null;
    } catch (RuntimeException unreadable) {
      ledger.damaged("a payload of " + value.length() + " bytes: " + unreadable);
      return null;
    }
  }

  boolean isShared() {
    return shape != null && shape.sharedFilter() != null;
  }

  /** Null where it is damaged. */
  @Nullable Delivery delivery(int reservedPacketId) {
    Delivery.Shape how = shape;
    Message what = message;
    return how == null || what == null
        ? null
        : how.of(what).stored(number, payloadId, reservedPacketId);
  }
}
