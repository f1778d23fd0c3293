package io.culvert.mqtt.server;

import io.culvert.mqtt.session.HeldBytes;

/**
 * How much memory the clients of a node may make it hold, as one shard sees it. What its own
 * clients hold is a plain sum; what those of all shards hold is looked at, and told to the others,
 * with each {@link #refresh}. In between, a question is one comparison.
 *
 * <p>Three marks, so that those who fill the memory feel it before others do:
 *
 * <ul>
 *   <li><em>high</em>: publishers whose messages have to wait are held up, no outbox may hold more
 *       than a little, and no more is retained: it stays longest, and may not take what those need
 *       who come and go;
 *   <li><em>scarce</em>: nothing new that stays: sessions, subscriptions, and messages for readers
 *       that do not keep up;
 *   <li><em>full</em>: no messages and no connections.
 * </ul>
 *
 * What takes memory off the node always goes on: acknowledgements, messages that leave, ends of
 * subscriptions and sessions.
 */
final class ByteBudget {
  private static final int HIGH_PERCENT = 80;
  private static final int SCARCE_PERCENT = 90;

  /** What a shard may hold more than it has told the others: a thousandth of the whole. */
  private static final int STEPS = 1000;

  private final HeldBytes held = new HeldBytes();
  private final Quota total;
  private final long full;
  private final long high;
  private final long scarce;
  private final long step;
  private long told;
  private long highAt;
  private long scarceAt;
  private long fullAt;

  /**
   * @param total what all shards have told
   */
  ByteBudget(Quota total, long limit) {
    this.total = total;
    this.full = limit;
    this.high = limit / 100 * HIGH_PERCENT;
    this.scarce = limit / 100 * SCARCE_PERCENT;
    this.step = limit / STEPS;
    refresh();
  }

  /** One without a limit, shared with nobody. */
  static ByteBudget unlimited() {
    return new ByteBudget(Quota.local(), Long.MAX_VALUE / 100);
  }

  /** What this shard holds. */
  HeldBytes held() {
    return held;
  }

  /** Looks at what the others hold. */
  void refresh() {
    long untold = held.bytes() - told;
    if (Math.abs(untold) > step) {
      total.add(untold);
      told = held.bytes();
    }
    long others = total.held() - told;
    highAt = high - others;
    scarceAt = scarce - others;
    fullAt = full - others;
  }

  boolean isHigh() {
    return held.bytes() >= highAt;
  }

  boolean isScarce() {
    return held.bytes() >= scarceAt;
  }

  boolean isFull() {
    return held.bytes() >= fullAt;
  }
}
