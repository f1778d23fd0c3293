package io.culvert.engine.testkit;

import io.culvert.engine.ByteReader;
import io.culvert.engine.Bytes;
import io.culvert.engine.ReceiveBuffer;
import java.util.ArrayDeque;

/** One direction of a simulated connection: bytes on their way, then bytes that wait to be read. */
final class Inbound {
  private static final int DEFAULT_WINDOW_BYTES = 64 * 1024;

  private final VirtualClock clock;
  private final Runnable arrived;
  private final ArrayDeque<Shipment> coming = new ArrayDeque<>();
  private final ReceiveBuffer unread = new ReceiveBuffer();
  private final ByteReader reader = new ByteReader();
  private long latencyMillis;
  private int windowBytes = DEFAULT_WINDOW_BYTES;
  private long comingBytes;
  private boolean cut;
  private boolean closed;
  private boolean endSent;
  private boolean endArrived;

  Inbound(VirtualClock clock, Runnable arrived) {
    this.clock = clock;
    this.arrived = arrived;
  }

  void latencyMillis(long millis) {
    latencyMillis = millis;
  }

  void windowBytes(int bytes) {
    windowBytes = bytes;
  }

  /** How many bytes may be sent now. */
  long room() {
    return closed ? Long.MAX_VALUE : Math.max(0, windowBytes - comingBytes - unread.readable());
  }

  /** Bytes after the end, or to a closed end, are lost. */
  void send(byte[] bytes) {
    if (!endSent && !closed) {
      ship(new Shipment(arrivalMillis(), bytes, false));
    }
  }

  void sendEnd() {
    if (!endSent && !closed) {
      ship(new Shipment(arrivalMillis(), new byte[0], true));
      endSent = true;
    }
  }

  void cut(boolean newCut) {
    cut = newCut;
    if (!cut) {
      clock.after(0, this::arrive);
    }
  }

  boolean isComing() {
    return !coming.isEmpty() && !cut;
  }

  int readable() {
    return unread.readable();
  }

  byte[] take(int length) {
    unread.take(length, reader);
    byte[] taken = reader.takeRest().toByteArray();
    unread.keep();
    return taken;
  }

  /** True once, when all bytes have been read and the peer has ended its stream. */
  boolean takeEnd() {
    boolean end = endArrived && unread.readable() == 0;
    if (end) {
      endArrived = false;
    }
    return end;
  }

  /** Loses what is unread or on its way, and all that is sent from now on. */
  void close() {
    closed = true;
    coming.clear();
    comingBytes = 0;
    unread.clear();
  }

  private void ship(Shipment shipment) {
    coming.add(shipment);
    comingBytes += shipment.bytes.length;
    clock.after(shipment.arrivalMillis - clock.nowMillis(), this::arrive);
  }

  /** Never earlier than what was sent before. */
  private long arrivalMillis() {
    long earliest = coming.isEmpty() ? 0 : coming.getLast().arrivalMillis;
    return Math.max(earliest, clock.nowMillis() + latencyMillis);
  }

  private void arrive() {
    while (isComing() && coming.element().arrivalMillis <= clock.nowMillis()) {
      Shipment shipment = coming.remove();
      comingBytes -= shipment.bytes.length;
      unread.add(Bytes.wrap(shipment.bytes));
      endArrived |= shipment.end;
      arrived.run();
    }
  }

  private record Shipment(long arrivalMillis, byte[] bytes, boolean end) {}
}
