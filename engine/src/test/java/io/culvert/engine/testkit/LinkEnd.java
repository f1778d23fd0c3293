package io.culvert.engine.testkit;

import io.culvert.engine.Bytes;
import io.culvert.engine.Engine;
import io.culvert.engine.Engine.Status;
import io.culvert.engine.Wake;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One end of an {@link EngineLink}: the driver of one engine over one simulated socket.
 *
 * @param <E> the events of the engine
 */
public final class LinkEnd<E> {
  private static final byte GARBAGE = 0x55;
  private static final int MARGIN_BYTES = 16;
  private static final int MOST_TIMEOUTS_IN_A_ROW = 100;

  private final String name;
  private final VirtualClock clock;
  private final Engine<E> engine;
  private final Consumer<? super E> handler;
  private final Inbound inbound;
  private final Map<byte[], byte[]> borrowed = new IdentityHashMap<>();
  private @Nullable LinkEnd<?> peer;
  private DriverHabits habits = DriverHabits.allAtOnce();
  private long armedForMillis = Engine.NO_DEADLINE;
  private boolean turnScheduled;
  private boolean inTurn;
  private boolean closed;

  LinkEnd(
      String name,
      VirtualClock clock,
      Function<? super Wake, ? extends Engine<E>> engine,
      Consumer<? super E> handler) {
    this.name = name;
    this.clock = clock;
    this.handler = handler;
    this.inbound = new Inbound(clock, this::scheduleTurn);
    this.engine = engine.apply((Wake) this::scheduleTurn);
  }

  /** For an engine that must say when it has changed outside of its driver's calls. */
  public Wake wake() {
    return this::scheduleTurn;
  }

  /** Ends this end's half of the stream: the peer is told after all that was sent before. */
  public void endStream() {
    write();
    peer().inbound.sendEnd();
  }

  /** Whether this end has closed the connection, or lost it. */
  public boolean isClosed() {
    return closed;
  }

  /** Bytes that have arrived and that the engine has not taken, because it awaits a decision. */
  public int unreadBytes() {
    return inbound.readable();
  }

  void connect(LinkEnd<?> other) {
    peer = other;
  }

  void habits(DriverHabits newHabits) {
    habits = newHabits;
  }

  void latencyMillis(long latencyMillis) {
    inbound.latencyMillis(latencyMillis);
  }

  void windowBytes(int windowBytes) {
    inbound.windowBytes(windowBytes);
  }

  void cut(boolean cut) {
    inbound.cut(cut);
  }

  boolean hasBytesComing() {
    return !closed && inbound.isComing();
  }

  void reset() {
    if (closed) {
      return;
    }
    inbound.close();
    engine.receiveEnd();
    pollAll();
    close();
  }

  private void scheduleTurn() {
    if (!turnScheduled && !closed) {
      turnScheduled = true;
      clock.after(0, this::turn);
    }
  }

  private void turn() {
    turnScheduled = false;
    if (closed) {
      return;
    }
    if (inTurn) {
      throw new IllegalStateException(name + ": the driver was called from inside of a call");
    }
    inTurn = true;
    tellTime();
    pollAll();
    read();
    write();
    inTurn = false;
    obeyStatus();
    armTimer();
  }

  private void tellTime() {
    if (habits.extraCall()) {
      engine.timeout(clock.nowMillis());
    }
    int count = 0;
    while (!closed && engine.deadlineMillis() <= clock.nowMillis()) {
      if (++count > MOST_TIMEOUTS_IN_A_ROW) {
        throw new IllegalStateException(name + ": the deadline stays in the past after timeout");
      }
      engine.timeout(clock.nowMillis());
      pollAll();
    }
  }

  private void read() {
    while (mayRead() && inbound.readable() > 0) {
      do {
        byte[] chunk = inbound.take(habits.chunk(inbound.readable()));
        engine.receive(inTheMiddleOf(chunk));
      } while (inbound.readable() > 0 && habits.extraCall());
      pollAll();
      peer().scheduleTurn(); // there is room to write again
    }
    if (!engine.awaitsDecision() && inbound.takeEnd()) {
      engine.receiveEnd();
      pollAll();
    }
  }

  /** A chunk that was read before the decision was awaited may still come. */
  private boolean mayRead() {
    return engine.status() == Status.OPEN && (!engine.awaitsDecision() || habits.extraCall());
  }

  /** A driver's chunk rarely begins where its array does. */
  private Bytes inTheMiddleOf(byte[] chunk) {
    byte[] array = new byte[chunk.length + 2 * MARGIN_BYTES];
    System.arraycopy(chunk, 0, array, MARGIN_BYTES, chunk.length);
    borrowed.put(array, array.clone());
    return Bytes.wrap(array, MARGIN_BYTES, chunk.length);
  }

  private void pollAll() {
    boolean mustBeNull = engine.awaitsDecision();
    E event;
    while ((event = engine.poll(clock.nowMillis())) != null) {
      if (mustBeNull) {
        throw new IllegalStateException(name + ": an event while a decision is awaited: " + event);
      }
      handler.accept(event);
      mustBeNull = engine.awaitsDecision();
    }
    if (habits.extraCall() && (event = engine.poll(clock.nowMillis())) != null) {
      throw new IllegalStateException(name + ": an event after null, without cause: " + event);
    }
    borrowed.forEach(this::takeBack);
    borrowed.clear();
  }

  private void takeBack(byte[] array, byte[] content) {
    if (!Arrays.equals(array, content)) {
      throw new IllegalStateException(name + ": the engine has written to a borrowed chunk");
    }
    Arrays.fill(array, GARBAGE);
  }

  private void write() {
    Inbound target = peer().inbound;
    while (!engine.outbox().isEmpty() && target.room() > 0) {
      if (engine.status() == Status.CLOSED) {
        return;
      }
      Flight flight = new Flight();
      long offered = Math.min(engine.outbox().pendingBytes(), target.room());
      long taken = habits.write(offered);
      engine.outbox().drainTo(flight, taken);
      target.send(flight.toByteArray());
      if (taken < offered) {
        scheduleTurn();
        return;
      }
      pollAll(); // the engine may have kept back what there was no room for
    }
  }

  private void obeyStatus() {
    switch (engine.status()) {
      case OPEN -> {}
      case CLOSE_AFTER_FLUSH -> {
        if (engine.outbox().isEmpty()) {
          close();
        }
      }
      case CLOSED -> close();
    }
  }

  private void close() {
    closed = true;
    engine.outbox().clear();
    inbound.close();
    peer().inbound.sendEnd();
    peer().scheduleTurn();
  }

  private void armTimer() {
    long deadlineMillis = engine.deadlineMillis();
    if (!closed && deadlineMillis < armedForMillis) {
      armedForMillis = deadlineMillis;
      clock.after(Math.max(0, deadlineMillis - clock.nowMillis()), () -> fire(deadlineMillis));
    }
  }

  private void fire(long deadlineMillis) {
    if (deadlineMillis == armedForMillis) {
      armedForMillis = Engine.NO_DEADLINE;
    }
    scheduleTurn();
  }

  private LinkEnd<?> peer() {
    if (peer == null) {
      throw new IllegalStateException(name + " is not connected");
    }
    return peer;
  }
}
