package io.culvert.runtime.driver;

import io.culvert.engine.Bytes;
import io.culvert.engine.Deadlines;
import io.culvert.engine.Engine;
import io.culvert.engine.Outbox;
import io.culvert.engine.Wake;
import org.jspecify.annotations.Nullable;

/**
 * Drives one engine over one {@link Transport}: the contract of {@link Engine} as code.
 *
 * <p>It lives through three states. <em>Served</em>: the engine is asked and obeyed.
 * <em>Ending</em>: the engine, or the listener's end, wants what the outbox holds to be sent and
 * the connection closed. <em>Released</em>: the application was told that it is closed; only the
 * socket may linger so that the peer gets our last bytes, and what arrives is thrown away. Each of
 * the last two has a time limit.
 *
 * <p>Whatever an engine or its application throws is caught here and ends this connection only.
 */
final class Connection<E, N extends Engine<E>> extends FlushRounds.Member
    implements Wake, Shard.Timed {
  /** For one pooled buffer: a larger write saves no time, and it is what a slow peer pins. */
  static final int WRITE_BYTES = 64 * 1024;

  /** What one connection may send before the others have their turn. */
  static final int PASS_BYTES = 4 * WRITE_BYTES;

  /**
   * When so much was sent in a pass, the engine is asked for more in the next one only: a tenth of
   * a millisecond that the others wait.
   */
  static final int MORE_FROM_BYTES = WRITE_BYTES;

  /** Bytes that are read and thrown away for a peer that still sends while we wait for its end. */
  static final int DISCARD_BYTES = 1024 * 1024;

  /** This connection's place in its endpoint's list; the endpoint's business. */
  int index;

  private final Endpoint<E, N> endpoint;
  private final Transport transport;
  private final Deadlines.Entry<Shard.Timed> deadline;
  private final N engine;
  private int discarded;
  private boolean dirty;
  private boolean paused;

  /** What came last waits for the engine. */
  private boolean inputWaits;

  private boolean inputEnded;
  private boolean ending;
  private boolean released;
  private boolean gone;

  /** Opens the engine of a new connection; throws what the application throws. */
  Connection(Endpoint<E, N> endpoint, Transport transport) {
    this.endpoint = endpoint;
    this.transport = transport;
    this.deadline = endpoint.shard().deadline(this);
    released = true; // until there is an engine, a wake means nothing
    this.engine = endpoint.application().open(transport, this, endpoint.shard());
    released = false;
    endpoint.add(this);
    changed();
  }

  @Override
  public void changed() {
    if (becomesDirty()) {
      endpoint.shard().dirty(this);
    }
  }

  /** As {@link #changed}, by what it was sent itself. */
  private void answers() {
    if (becomesDirty()) {
      endpoint.shard().answering(this);
    }
  }

  private boolean becomesDirty() {
    if (dirty || released) {
      return false;
    }
    dirty = true;
    return true;
  }

  N engine() {
    return engine;
  }

  /** Bytes have arrived; they are borrowed until this returns. */
  void received(byte[] array, int start, int length) {
    DriverCounters counters = endpoint.counters();
    counters.reads++;
    counters.bytesIn += length;
    if (ending) {
      discard(length);
      return;
    }
    try {
      boolean waits = inputWaits || engine.awaitsDecision();
      engine.receive(Bytes.wrap(array, start, length));
      poll(now());
      inputWaits = engine.awaitsDecision();
      // Only a peer that goes on sending is paused: most wait for the answer, too.
      if (waits && inputWaits) {
        pause(true);
      }
      if (needsFlush()) {
        answers();
      } else {
        endpoint.shard().set(deadline, engine.deadlineMillis());
        endpoint.shard().schedulePass(); // which ends the turn
      }
    } catch (Throwable failure) {
      fail(failure);
    }
  }

  /** An engine that has just been asked has something to send, waits, or comes to its end. */
  private boolean needsFlush() {
    return !engine.outbox().isEmpty()
        || engine.status() != Engine.Status.OPEN
        || inputWaits
        || ending
        || released;
  }

  /** The peer will send no more. */
  void inputEnded() {
    if (inputEnded || released) {
      return;
    }
    inputEnded = true;
    try {
      engine.receiveEnd();
      poll(now());
    } catch (Throwable failure) {
      fail(failure);
      return;
    }
    changed();
  }

  @Override
  boolean isLight(int lightBytes) {
    try {
      return engine.outbox().pendingBytes() <= lightBytes && !engine.awaitsDecision();
    } catch (Throwable failure) {
      fail(failure);
      return true; // released: there is nothing left to do
    }
  }

  /** Asks the engine and sends what it has to send. */
  @Override
  void flush(long nowMillis) {
    dirty = false;
    if (released) {
      return;
    }
    try {
      poll(nowMillis);
      send(nowMillis);
      if (!released) {
        obey(nowMillis);
      }
    } catch (Throwable failure) {
      fail(failure);
    }
  }

  @Override
  public void expired(long nowMillis) {
    if (ending) {
      close(null);
      return;
    }
    try {
      engine.timeout(nowMillis);
    } catch (Throwable failure) {
      fail(failure);
      return;
    }
    changed();
  }

  /** Sends what waits and closes, whatever the engine thinks. */
  void end() {
    if (!ending) {
      startEnding(now());
      changed();
    }
  }

  /** The socket, or what stands between it and the engine, is broken: nobody's fault here. */
  void broken(Throwable cause) {
    Shard.LOG.debug(
        "The {} connection of {} broke: {}", transport.transport(), transport.remote(), cause);
    inputEnded();
    close(cause);
  }

  /** The driver has a bug. */
  void failed(Throwable cause) {
    fail(cause);
  }

  /** The socket is gone. The last that a transport reports. */
  void gone() {
    if (gone) {
      return;
    }
    gone = true;
    inputEnded();
    release(null);
    endpoint.shard().remove(deadline);
    endpoint.remove(this);
  }

  private void poll(long nowMillis) {
    E event = engine.poll(nowMillis);
    while (event != null) {
      endpoint.application().event(engine, event, nowMillis);
      event = engine.poll(nowMillis);
    }
  }

  private void send(long nowMillis) {
    Outbox outbox = engine.outbox();
    int sent = 0;
    boolean unflushed = false;
    while (!outbox.isEmpty() && transport.isWritable() && sent < PASS_BYTES) {
      if (engine.status() == Engine.Status.CLOSED) {
        return;
      }
      sent += transport.write(outbox, WRITE_BYTES);
      unflushed = true;
      if (outbox.isEmpty()) { // the engine may have kept back what there was no room for
        if (sent < MORE_FROM_BYTES) {
          poll(nowMillis);
        } else {
          changed();
        }
      }
      if (!transport.isWritable()) {
        flushTransport();
        unflushed = false;
      }
    }
    if (unflushed) {
      flushTransport();
    }
    if (sent > 0) {
      endpoint.counters().bytesOut += sent;
      if (!outbox.isEmpty() && transport.isWritable()) {
        changed(); // more after the others
      }
    }
  }

  private void flushTransport() {
    endpoint.counters().writes++;
    transport.flush();
  }

  private void obey(long nowMillis) {
    Engine.Status status = engine.status();
    if (status == Engine.Status.CLOSED) {
      close(null);
    } else if (status == Engine.Status.CLOSE_AFTER_FLUSH || ending) {
      startEnding(nowMillis);
      if (engine.outbox().isEmpty()) {
        release(null);
        endpoint.shard().set(deadline, nowMillis + endpoint.shard().closeGraceMillis());
        transport.end();
      }
    } else {
      if (inputWaits && !engine.awaitsDecision()) {
        inputWaits = false;
        pause(false);
      }
      endpoint.shard().set(deadline, engine.deadlineMillis());
    }
  }

  private void startEnding(long nowMillis) {
    if (!ending) {
      ending = true;
      endpoint.shard().set(deadline, nowMillis + endpoint.shard().closeGraceMillis());
      pause(false);
    }
  }

  /** There is nothing more to read once the input has ended, and epoll has forgotten the socket. */
  private void pause(boolean on) {
    if (paused != on && !inputEnded) {
      paused = on;
      transport.reading(!on);
    }
  }

  private void discard(int length) {
    discarded += length;
    if (discarded > DISCARD_BYTES) {
      close(null);
    }
    endpoint.shard().schedulePass(); // which ends the turn
  }

  private void fail(Throwable failure) {
    endpoint.counters().failures++;
    Shard.LOG.error(
        "The {} connection of {} is closed: its engine or application failed",
        transport.transport(),
        transport.remote(),
        failure);
    close(failure);
  }

  private void close(@Nullable Throwable cause) {
    ending = true;
    release(cause);
    try {
      transport.close();
    } catch (Throwable failure) { // must not keep the shard from the other connections
      endpoint.counters().failures++;
      Shard.LOG.error(
          "The {} connection of {} cannot be closed",
          transport.transport(),
          transport.remote(),
          failure);
    }
  }

  private void release(@Nullable Throwable cause) {
    if (released) {
      return;
    }
    released = true;
    try {
      endpoint.application().closed(engine, now(), cause);
    } catch (Throwable failure) {
      endpoint.counters().failures++;
      Shard.LOG.error("The application failed to close a connection", failure);
    }
    engine.outbox().clear();
    endpoint.shard().schedulePass(); // the application may have a deadline now
  }

  private long now() {
    return endpoint.shard().nowMillis();
  }
}
