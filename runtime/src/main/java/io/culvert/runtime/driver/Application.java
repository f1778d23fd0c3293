package io.culvert.runtime.driver;

import io.culvert.engine.Engine;
import io.culvert.engine.Wake;
import org.jspecify.annotations.Nullable;

/**
 * The protocol side of a listener: makes an engine for each connection and handles its events.
 * Every method is called on the shard's event loop, with the shard's Vert.x context current.
 *
 * <p>A {@link Throwable} from any method ends the connection that it was called for, and no other.
 *
 * @param <E> the engine's events
 * @param <N> the engine
 */
public interface Application<E, N extends Engine<E>> {
  /**
   * A connection was accepted. The new engine calls {@code wake} whenever something outside of the
   * driver's own calls has changed it: a decision, a command, another connection's message.
   */
  N open(Peer peer, Wake wake, Shard shard);

  /** An event was polled; what it borrows is valid during this call only. */
  void event(N engine, E event, long nowMillis);

  /**
   * The driver needs the engine no more. Called exactly once for each engine that {@link #open}
   * returned, whatever happened.
   *
   * @param cause why the connection broke, or null if it was closed by either side in order
   */
  void closed(N engine, long nowMillis, @Nullable Throwable cause);
}
