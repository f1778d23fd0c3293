package io.culvert.engine;

import org.jspecify.annotations.Nullable;

/**
 * One end of one connection as a state machine without I/O: bytes and time go in; events, bytes and
 * the next deadline come out. Whoever owns the socket drives it.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>An engine is single-threaded: one driver calls it, never two at once.
 *   <li>A driver that has called {@link #receive}, {@link #receiveEnd} or given a decision calls
 *       {@link #poll} until it returns null. Bytes handed to {@link #receive} are only borrowed
 *       until then: what the engine still needs, it has copied.
 *   <li>Borrowed views inside an event (topic, payload) are valid until the next call of poll or
 *       receive.
 *   <li>After {@link #poll}, {@link #timeout} or any command, the driver drains {@link #outbox()}
 *       before it sleeps, looks at {@link #deadlineMillis()} and obeys {@link #status()}.
 *   <li>A driver drains the outbox only as fast as the peer reads. When it has emptied the outbox
 *       it polls again, so that an engine that kept messages back can put the next ones in.
 *   <li>Time never runs backwards in the {@code nowMillis} arguments; its origin does not matter.
 * </ul>
 *
 * @param <E> the events that it produces
 */
public interface Engine<E> {
  /** The deadline of an engine that waits for nothing. */
  long NO_DEADLINE = Long.MAX_VALUE;

  /** What the driver must do with the connection. */
  enum Status {
    /** Read and write. */
    OPEN,
    /** Send what the outbox holds, then close. Nothing that arrives is looked at any more. */
    CLOSE_AFTER_FLUSH,
    /** Close now. */
    CLOSED
  }

  /** Takes bytes from the peer, cut anywhere. Parses nothing; ignored when not {@code OPEN}. */
  void receive(Bytes chunk);

  /**
   * The peer has ended its stream, or the connection is lost. Bytes that came before it are still
   * handled first, after a decision that is awaited.
   */
  void receiveEnd();

  /** The next event, or null when the engine needs bytes, a decision, or time. */
  @Nullable E poll(long nowMillis);

  /**
   * While true the engine produces no events and the driver stops reading the socket; what it has
   * read already may still come. It awaits a decision of its owner, or that a peer that only sends
   * reads what waits for it.
   */
  boolean awaitsDecision();

  /** What must be sent. */
  Outbox outbox();

  /** When to call {@link #timeout}, or {@link #NO_DEADLINE}. */
  long deadlineMillis();

  /** Tells the time. Early and repeated calls are harmless. */
  void timeout(long nowMillis);

  /** What the driver must do with the connection. */
  Status status();
}
