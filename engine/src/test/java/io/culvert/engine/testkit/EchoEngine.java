package io.culvert.engine.testkit;

import io.culvert.engine.BufferPool;
import io.culvert.engine.ByteReader;
import io.culvert.engine.Bytes;
import io.culvert.engine.Engine;
import io.culvert.engine.Outbox;
import io.culvert.engine.ReceiveBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A small protocol to test the kit with: frames of one length byte and a text. Each frame is an
 * event. {@code ?…} must be decided before the next frame is looked at, {@code bye} closes after
 * what was sent, and silence of {@link #IDLE_MILLIS} closes at once. Can be told to break one
 * promise.
 */
class EchoEngine implements Engine<Bytes> {
  static final long IDLE_MILLIS = 10_000;

  /** The promise that this engine breaks. */
  enum Fault {
    NONE,
    KEEPS_BORROWED_BYTES,
    WRITES_TO_BORROWED_BYTES,
    DEADLINE_STAYS_IN_THE_PAST,
    EVENT_WHILE_A_DECISION_IS_AWAITED
  }

  private final Fault fault;
  private final ReceiveBuffer in = new ReceiveBuffer();
  private final Outbox out = new Outbox(new BufferPool());
  private final ByteReader reader = new ByteReader();
  private final ArrayDeque<String> keptBack = new ArrayDeque<>();
  private long deadlineMillis = NO_DEADLINE;
  private boolean undecided;
  private boolean ended;
  private Status status = Status.OPEN;

  EchoEngine(Fault fault) {
    this.fault = fault;
  }

  void send(String text) {
    send(Bytes.utf8(text));
  }

  void send(Bytes borrowed) {
    out.u8(borrowed.length());
    out.copy(borrowed);
  }

  /** Keeps a text back until the outbox is empty. */
  void sendWhenThereIsRoom(String text) {
    keptBack.add(text);
  }

  void decide() {
    undecided = false;
  }

  boolean hasEnded() {
    return ended;
  }

  @Override
  public void receive(Bytes chunk) {
    if (status == Status.OPEN) {
      in.add(chunk);
      if (fault == Fault.WRITES_TO_BORROWED_BYTES) {
        chunk.array()[chunk.start() + chunk.length()] = 1;
      }
    }
  }

  @Override
  public void receiveEnd() {
    ended = true;
    status = Status.CLOSE_AFTER_FLUSH;
  }

  @Override
  public @Nullable Bytes poll(long nowMillis) {
    boolean waits = undecided && fault != Fault.EVENT_WHILE_A_DECISION_IS_AWAITED;
    if (status != Status.OPEN || waits || in.readable() == 0 || in.readable() <= in.peek(0)) {
      if (fault != Fault.KEEPS_BORROWED_BYTES) {
        in.keep();
      }
      if (out.isEmpty() && !keptBack.isEmpty()) {
        send(keptBack.remove());
      }
      return null;
    }
    deadlineMillis = nowMillis + IDLE_MILLIS;
    int length = in.peek(0);
    in.skip(1);
    in.take(length, reader);
    Bytes text = reader.takeRest();
    undecided = text.startsWith(Bytes.utf8("?"));
    if (text.equals(Bytes.utf8("bye"))) {
      status = Status.CLOSE_AFTER_FLUSH;
    }
    return text;
  }

  @Override
  public boolean awaitsDecision() {
    return undecided;
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
    if (nowMillis >= deadlineMillis && fault != Fault.DEADLINE_STAYS_IN_THE_PAST) {
      deadlineMillis = NO_DEADLINE;
      status = Status.CLOSED;
    }
  }

  @Override
  public Status status() {
    return status;
  }
}
