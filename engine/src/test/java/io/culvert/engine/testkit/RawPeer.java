package io.culvert.engine.testkit;

import io.culvert.engine.BufferPool;
import io.culvert.engine.Bytes;
import io.culvert.engine.Engine;
import io.culvert.engine.Outbox;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The other end of a link as a test writes it by hand: sends any bytes, and collects what comes.
 * Has no protocol, no events and no deadlines of its own.
 */
public final class RawPeer implements Engine<Bytes> {
  private final Outbox outbox = new Outbox(new BufferPool());
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private Status status = Status.OPEN;
  private boolean ended;

  /** Sends bytes with the next turn of the link. */
  public void send(Bytes bytes) {
    outbox.copy(bytes);
  }

  /** Closes after what was sent. */
  public void close() {
    status = Status.CLOSE_AFTER_FLUSH;
  }

  /** Takes out all that has come since the last call. */
  public Bytes takeReceived() {
    Bytes taken = Bytes.wrap(received.toByteArray());
    received.reset();
    return taken;
  }

  /** Whether the other side has ended its stream. */
  public boolean hasEnded() {
    return ended;
  }

  @Override
  public void receive(Bytes chunk) {
    received.write(chunk.array(), chunk.start(), chunk.length());
  }

  @Override
  public void receiveEnd() {
    ended = true;
  }

  @Override
  public @Nullable Bytes poll(long nowMillis) {
    return null;
  }

  @Override
  public boolean awaitsDecision() {
    return false;
  }

  @Override
  public Outbox outbox() {
    return outbox;
  }

  @Override
  public long deadlineMillis() {
    return NO_DEADLINE;
  }

  @Override
  public void timeout(long nowMillis) {}

  @Override
  public Status status() {
    return status;
  }
}
