package io.culvert.tcp.wire;

import io.culvert.engine.Bytes;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Refuses messages that are older or newer than a window, and those that were here before. Only
 * messages whose HMAC is right are remembered, so strangers cannot fill it. What it remembers is
 * bounded: when it is full it forgets the oldest second, and refuses everything of that second and
 * before from then on. Single-threaded.
 */
public final class Freshness {
  private final long windowSeconds;
  private final int maximumRemembered;
  private final TreeMap<Long, Set<Bytes>> bySecond = new TreeMap<>();
  private long forgottenUpTo = Long.MIN_VALUE;
  private int remembered;

  /**
   * @param windowSeconds how far a message's time may be from ours
   * @param maximumRemembered messages
   */
  public Freshness(long windowSeconds, int maximumRemembered) {
    if (windowSeconds < 1 || maximumRemembered < 1) {
      throw new IllegalArgumentException("window and memory must be positive");
    }
    this.windowSeconds = windowSeconds;
    this.maximumRemembered = maximumRemembered;
  }

  /** Whether a message may pass whose HMAC is right; remembers it if so. */
  public Verdict accept(long seconds, Bytes hmac, long nowSeconds) {
    forgetBefore(nowSeconds - windowSeconds);
    if (Math.abs(nowSeconds - seconds) > windowSeconds || seconds <= forgottenUpTo) {
      return Verdict.STALE;
    }
    if (!bySecond.computeIfAbsent(seconds, key -> new HashSet<>()).add(hmac.copy())) {
      return Verdict.REPLAYED;
    }
    if (++remembered > maximumRemembered) {
      forgetOldest();
    }
    return Verdict.VALID;
  }

  /** One of our own, which must not come back as if it were a peer's. */
  public void remember(long seconds, Bytes hmac, long nowSeconds) {
    accept(seconds, hmac, nowSeconds); // what is too old to be remembered is refused anyway
  }

  /** Messages that it remembers. */
  public int remembered() {
    return remembered;
  }

  private void forgetBefore(long seconds) {
    while (!bySecond.isEmpty() && bySecond.firstKey() < seconds) {
      forgetOldest();
    }
  }

  private void forgetOldest() {
    Map.Entry<Long, Set<Bytes>> oldest = bySecond.pollFirstEntry();
    remembered -= oldest.getValue().size();
    forgottenUpTo = Math.max(forgottenUpTo, oldest.getKey());
  }
}
