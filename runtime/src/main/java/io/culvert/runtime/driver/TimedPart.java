package io.culvert.runtime.driver;

/**
 * A part of a shard that has no socket but a deadline, for example the session expiry of a broker.
 * It joins the shard's one timer by {@link Shard#watch}.
 */
public interface TimedPart {
  /** When to call {@link #timeout}, or {@link io.culvert.engine.Engine#NO_DEADLINE}. */
  long deadlineMillis();

  /** Tells the time. Early and repeated calls are harmless. */
  void timeout(long nowMillis);
}
