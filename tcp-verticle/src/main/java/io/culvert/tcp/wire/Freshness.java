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
  private long forgottenUpTo;
  private int remembered;

  /**
   * One that knows what was here before.
   *
   * @param windowSeconds how far a message's time may be from ours
   * @param maximumRemembered messages
   */
  public Freshness(long windowSeconds, int maximumRemembered) {
    this(windowSeconds, maximumRemembered, Long.MIN_VALUE);
  }

  /**
   * One that has forgotten what was here before a second, and refuses what names such a time: it
   * may be a repetition.
   *
   * @param windowSeconds how far a message's time may be from ours
   * @param maximumRemembered messages
   */
  public Freshness(long windowSeconds, int maximumRemembered, long beginsAtSeconds) {
    if (windowSeconds < 1 || maximumRemembered < 1) {
      throw new IllegalArgumentException("window and memory must be positive");
    }
    this.windowSeconds = windowSeconds;
    this.maximumRemembered = maximumRemembered;
    this.forgottenUpTo = beginsAtSeconds == Long.MIN_VALUE ? beginsAtSeconds : beginsAtSeconds - 1;
  }

  /** Whether a time alone is reason to refuse a message. */
  public boolean isStale(long seconds, long nowSeconds) {
    return Math.abs(nowSeconds - seconds) > windowSeconds || seconds <= forgottenUpTo;
  }

  /** Whether a message may pass whose HMAC is right; remembers it if so. */
  public Verdict accept(long seconds, Bytes hmac, long nowSeconds) {
    forgetBefore(nowSeconds - windowSeconds);
    if (isStale(seconds, nowSeconds)) {
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
