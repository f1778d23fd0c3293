package io.culvert.tcp.wire;

import io.culvert.engine.BufferPool;
import io.culvert.engine.ByteReader;
import io.culvert.engine.Bytes;
import io.culvert.engine.Engine;
import io.culvert.engine.Outbox;
import io.culvert.engine.ReceiveBuffer;
import io.culvert.engine.Wake;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection that carries frames; both ends are alike.
 *
 * <p>Messages come one at a time: after each {@link FrameEvent.Received} it waits for {@link
 * #proceed}, so that answers leave in the order of their requests. Other messages may be sent at
 * any time. A peer that does not read its answers is not read from, and {@link #send} refuses what
 * goes beyond the queue; so nothing here grows without bound.
 */
public final class FrameEngine implements Engine<FrameEvent> {
  private final MessageCodec codec;
  private final FrameLimits limits;
  private final Wake wake;
  private final Outbox outbox;
  private final ReceiveBuffer received = new ReceiveBuffer();
  private final ByteReader reader = new ByteReader();
  private final ReceiveBudget budget;

  private @Nullable Header header;
  private @Nullable Object owner;
  private Status status = Status.OPEN;
  private boolean waiting;
  private boolean overdue;
  private boolean progressed;
  private boolean counted;
  private boolean evicted;
  private boolean inputEnded;
  private boolean ended;
  private long idleSinceMillis;
  private long frameSinceMillis = NO_DEADLINE;
  private long waitingSinceMillis;
  private long slowSinceMillis = NO_DEADLINE;

  /** One with a budget of its own, which its frames do not use up. */
  public FrameEngine(
      MessageCodec codec, FrameLimits limits, BufferPool buffers, Wake wake, long nowMillis) {
    this(codec, limits, ReceiveBudget.unlimited(), buffers, wake, nowMillis);
  }

  /**
   * @param budget for what is not handled yet, of this connection and others
   */
  public FrameEngine(
      MessageCodec codec,
      FrameLimits limits,
      ReceiveBudget budget,
      BufferPool buffers,
      Wake wake,
      long nowMillis) {
    this.codec = codec;
    this.limits = limits;
    this.budget = budget;
    this.wake = wake;
    this.outbox = new Outbox(buffers);
    this.idleSinceMillis = nowMillis;
  }

  @Override
  public void receive(Bytes chunk) {
    if (status == Status.OPEN && !ended && !evicted) {
      received.add(chunk);
    }
  }

  @Override
  public void receiveEnd() {
    inputEnded = true;
  }

  @Override
  public @Nullable FrameEvent poll(long nowMillis) {
    if (ended || status != Status.OPEN) {
      return null;
    }
    try {
      FrameEvent event = next(nowMillis);
      if (event == null) {
        received.keep();
        count(received.heldBytes());
      }
      return event;
    } catch (FrameViolation violation) {
      return end(new FrameEvent.Broken(violation));
    }
  }

  private @Nullable FrameEvent next(long nowMillis) {
    if (evicted) {
      throw new FrameViolation(
          "too much has come of frames that are not complete, all connections together");
    }
    if (waiting) {
      return overdueAt(nowMillis);
    }
    if (isSlowReader()) {
      checkStalled(nowMillis);
      return null; // what waits must leave first
    }
    slowSinceMillis = NO_DEADLINE;
    Frame frame = frame(nowMillis);
    if (frame != null) {
      waiting = true;
      overdue = false;
      waitingSinceMillis = nowMillis;
      idleSinceMillis = nowMillis;
      return new FrameEvent.Received(frame);
    }
    if (inputEnded) {
      if (received.readable() > 0 || header != null) {
        throw new FrameViolation("the stream has ended within a frame");
      }
      return end(new FrameEvent.Ended());
    }
    if (nowMillis >= frameDeadline()) {
      throw new FrameViolation(
          "a frame was not complete after %d ms".formatted(limits.frameMillis()));
    }
    if (nowMillis >= idleDeadline()) {
      throw new FrameViolation("no frame came for %d ms".formatted(limits.idleMillis()));
    }
    return null;
  }

  private @Nullable Frame frame(long nowMillis) {
    Header begun = header;
    if (begun == null) {
      if (received.readable() > 0 && frameSinceMillis == NO_DEADLINE) {
        frameSinceMillis = nowMillis;
      }
      if (received.readable() < codec.headerLength()) {
        return null;
      }
      received.take(codec.headerLength(), reader);
      begun = codec.header(reader);
      long length = (long) codec.headerLength() + begun.authLength() + begun.bodyLength();
      if (length > limits.frameBytes()) {
        throw new FrameViolation(
            "a frame of %d bytes; at most %d are taken".formatted(length, limits.frameBytes()));
      }
      header = begun;
    }
    int rest = begun.authLength() + begun.bodyLength();
    if (received.readable() < rest) {
      return null;
    }
    received.take(rest, reader);
    header = null;
    frameSinceMillis = NO_DEADLINE;
    progressed = true;
    return codec.frame(begun, reader.takeRest().copy());
  }

  private void checkStalled(long nowMillis) {
    if (slowSinceMillis == NO_DEADLINE) {
      slowSinceMillis = nowMillis;
    } else if (nowMillis >= stalledDeadline()) {
      throw new FrameViolation(
          "%d bytes wait, and the peer has not read for %d ms"
              .formatted(outbox.pendingBytes(), limits.stalledMillis()));
    }
  }

  private @Nullable FrameEvent overdueAt(long nowMillis) {
    if (overdue || nowMillis < answerDeadline()) {
      return null;
    }
    overdue = true;
    return new FrameEvent.Overdue();
  }

  private FrameEvent end(FrameEvent last) {
    ended = true;
    waiting = false;
    header = null;
    forget();
    status = Status.CLOSE_AFTER_FLUSH;
    return last;
  }

  private void forget() {
    received.clear();
    count(0);
  }

  /** Tells the budget what is held; nothing where it was nothing before, as of most connections. */
  private void count(int heldBytes) {
    if (heldBytes > 0 || counted) {
      counted = heldBytes > 0;
      budget.holds(this, heldBytes, progressed);
    }
    progressed = false;
  }

  /** The budget is used up, and this connection has to end. */
  void evict() {
    evicted = true;
    counted = false;
    received.clear();
    wake.changed();
  }

  /** Puts a whole frame behind what waits; false if the queue is full or the connection ends. */
  public boolean send(Bytes frame) {
    if (status == Status.CLOSED || (status == Status.CLOSE_AFTER_FLUSH && !ended)) {
      return false;
    }
    if (outbox.pendingBytes() + frame.length() > limits.queuedBytes() && !outbox.isEmpty()) {
      return false;
    }
    outbox.append(frame);
    wake.changed();
    return true;
  }

  /** The last message is done with: the next one may come. */
  public void proceed() {
    if (waiting) {
      waiting = false;
      wake.changed();
    }
  }

  /** Ends the connection when all has been sent. */
  public void close() {
    if (status == Status.OPEN) {
      status = Status.CLOSE_AFTER_FLUSH;
      forget();
      wake.changed();
    }
  }

  /** Ends the connection at once. */
  public void abort() {
    if (status != Status.CLOSED) {
      status = Status.CLOSED;
      outbox.clear();
      forget();
      wake.changed();
    }
  }

  /** What this connection belongs to; the engine does not look at it. */
  public @Nullable Object owner() {
    return owner;
  }

  public void owner(Object newOwner) {
    owner = newOwner;
  }

  @Override
  public boolean awaitsDecision() {
    return status == Status.OPEN && (waiting || isSlowReader());
  }

  @Override
  public Outbox outbox() {
    return outbox;
  }

  @Override
  public long deadlineMillis() {
    if (status != Status.OPEN || ended) {
      return NO_DEADLINE;
    }
    if (waiting) {
      return overdue ? NO_DEADLINE : answerDeadline();
    }
    return isSlowReader() ? stalledDeadline() : Math.min(frameDeadline(), idleDeadline());
  }

  @Override
  public void timeout(long nowMillis) {
    // poll finds out what is due
  }

  @Override
  public Status status() {
    return status;
  }

  private boolean isSlowReader() {
    return outbox.pendingBytes() > limits.queuedBytes() / 2;
  }

  private long stalledDeadline() {
    return slowSinceMillis == NO_DEADLINE ? NO_DEADLINE : slowSinceMillis + limits.stalledMillis();
  }

  private long frameDeadline() {
    return frameSinceMillis == NO_DEADLINE ? NO_DEADLINE : frameSinceMillis + limits.frameMillis();
  }

  private long idleDeadline() {
    return limits.idleMillis() == 0 ? NO_DEADLINE : idleSinceMillis + limits.idleMillis();
  }

  private long answerDeadline() {
    return limits.answerMillis() == 0 ? NO_DEADLINE : waitingSinceMillis + limits.answerMillis();
  }
}
