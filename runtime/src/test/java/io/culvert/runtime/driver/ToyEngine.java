package io.culvert.runtime.driver;

import io.culvert.engine.BufferPool;
import io.culvert.engine.ByteReader;
import io.culvert.engine.Bytes;
import io.culvert.engine.Engine;
import io.culvert.engine.Outbox;
import io.culvert.engine.ReceiveBuffer;
import io.culvert.engine.Wake;
import java.util.ArrayDeque;

/** Frames with a length of four bytes before each. What the application wants, it commands. */
final class ToyEngine implements Engine<ToyEngine.Event> {
  /** Frames stay in the queue while so much waits in the outbox. */
  static final int QUEUE_FROM_BYTES = 128 * 1024;

  sealed interface Event {
    record Frame(Bytes payload) implements Event {}

    record InputEnded() implements Event {}

    record TimedOut(long nowMillis) implements Event {}
  }

  final Peer peer;
  final Wake wake;
  final ArrayDeque<Bytes> queue = new ArrayDeque<>();
  private final ReceiveBuffer in = new ReceiveBuffer();
  private final ByteReader reader = new ByteReader();
  private final Outbox out;
  private final ArrayDeque<Event> events = new ArrayDeque<>();
  private Status status = Status.OPEN;
  private boolean waits;
  private boolean ended;
  private boolean endTold;
  private boolean closeOnEnd = true;
  long deadlineMillis = NO_DEADLINE;
  int receivedWhileWaiting;
  boolean throwInPoll;

  /** Whenever it was asked, it wants to be asked again. */
  boolean neverDone;

  Runnable onPoll = () -> {};

  ToyEngine(Peer peer, Wake wake, BufferPool pool) {
    this.peer = peer;
    this.wake = wake;
    this.out = new Outbox(pool);
  }

  /** The bytes of a frame. */
  static byte[] frame(byte[] payload) {
    Outbox one = new Outbox(new BufferPool());
    one.u32(payload.length);
    one.copy(payload, 0, payload.length);
    byte[] bytes = new byte[payload.length + 4];
    System.arraycopy(one.array(), 0, bytes, 0, bytes.length);
    return bytes;
  }

  void send(Bytes payload) {
    queue.add(payload.copy());
    wake.changed();
  }

  void await() {
    waits = true;
  }

  void decide() {
    waits = false;
    wake.changed();
  }

  void closeAfterFlush() {
    status = Status.CLOSE_AFTER_FLUSH;
    wake.changed();
  }

  void closeNow() {
    status = Status.CLOSED;
    wake.changed();
  }

  void stayOpenAfterEnd() {
    closeOnEnd = false;
  }

  void deadline(long atMillis) {
    deadlineMillis = atMillis;
    wake.changed();
  }

  @Override
  public void receive(Bytes chunk) {
    if (status == Status.OPEN) {
      if (waits) {
        receivedWhileWaiting += chunk.length();
      }
      in.add(chunk);
    }
  }

  @Override
  public void receiveEnd() {
    ended = true;
  }

  @Override
  public Event poll(long nowMillis) {
    onPoll.run();
    if (throwInPoll) {
      throw new IllegalStateException("toy engine was told to fail");
    }
    if (neverDone) {
      wake.changed();
    }
    pullQueue();
    if (status == Status.OPEN && !waits && in.readable() >= 4) {
      int length = in.peek(0) << 24 | in.peek(1) << 16 | in.peek(2) << 8 | in.peek(3);
      if (in.readable() >= 4 + length) {
        in.skip(4);
        in.take(length, reader);
        return new Event.Frame(reader.take(length));
      }
    }
    in.keep();
    if (ended && !waits && status == Status.OPEN && !endTold) {
      endTold = true;
      status = closeOnEnd ? Status.CLOSE_AFTER_FLUSH : Status.OPEN;
      return new Event.InputEnded();
    }
    return events.poll();
  }

  private void pullQueue() {
    while (!queue.isEmpty() && out.pendingBytes() < QUEUE_FROM_BYTES) {
      Bytes next = queue.remove();
      out.u32(next.length());
      out.append(next);
    }
  }

  @Override
  public boolean awaitsDecision() {
    return waits;
  }

  @Override
  public Outbox outbox() {
    return out;
  }

  @Override
  public long deadlineMillis() {
    return deadlineMillis;
  }

  @Override
  public void timeout(long nowMillis) {
    if (nowMillis >= deadlineMillis) {
      deadlineMillis = NO_DEADLINE;
      events.add(new Event.TimedOut(nowMillis));
    }
  }

  @Override
  public Status status() {
    return status;
  }
}
