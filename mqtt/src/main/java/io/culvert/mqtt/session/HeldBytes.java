package io.culvert.mqtt.session;

/**
 * Bytes of memory that the clients of one shard make it hold: a plain sum, kept by whoever holds
 * something. A delivery that waits in many sessions is there once, and counts once.
 * Single-threaded.
 */
public final class HeldBytes {
  /** A place in a queue or a window. */
  private static final int REFERENCE_BYTES = 16;

  /** What a session remembers of its record of a delivery. */
  private static final int STORED_BYTES = 80;

  private long bytes;

  /** Nothing is held yet. */
  public HeldBytes() {}

  public long bytes() {
    return bytes;
  }

  /** More is held, or less. */
  public void add(long more) {
    bytes += more;
  }

  /** A session keeps this delivery, in one more place. */
  public void keep(Delivery delivery) {
    bytes += REFERENCE_BYTES + (delivery.isStored() ? STORED_BYTES : 0);
    Delivery shape = delivery.shape();
    if (shape.places++ == 0) {
      bytes += shape.heldBytes();
    }
  }

  /** It is not kept in one of its places any more. */
  public void letGo(Delivery delivery) {
    bytes -= REFERENCE_BYTES + (delivery.isStored() ? STORED_BYTES : 0);
    Delivery shape = delivery.shape();
    if (--shape.places == 0) {
      bytes -= shape.heldBytes();
    }
  }
}
