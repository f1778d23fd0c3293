package io.culvert.mqtt.server;

import io.culvert.mqtt.session.HeldBytes;

/**
 * How much memory the clients of a node may make it hold, as one shard sees it. What its own
 * clients hold is a plain sum; what those of all shards hold is looked at, and told to the others,
 * with each {@link #refresh}: when a connection has been looked after, and meanwhile where much has
 * changed. In between, a question is one comparison.
 *
 * <p>Four marks, so that those who fill the memory feel it before others do:
 *
 * <ul>
 *   <li><em>high</em>: publishers whose messages have to wait are held up, no outbox may hold more
 *       than a little, and no more is retained: it stays longest, and may not take what those need
 *       who come and go;
 *   <li><em>scarce</em>: nothing new that stays: sessions, subscriptions, and messages for readers
 *       that do not keep up. What else is taken is taken in small portions: see {@link #grants};
 *   <li><em>critical</em>: no connections: what is left is for those who are there and keep up;
 *   <li><em>full</em>: no messages.
 * </ul>
 *
 * What takes memory off the node always goes on: acknowledgements, messages that leave, ends of
 * subscriptions and sessions.
 */
final class ByteBudget {
  private static final int HIGH_PERCENT = 80;
  private static final int SCARCE_PERCENT = 90;
  private static final int CRITICAL_PERCENT = 97;

  /**
   * Where memory is scarce, nobody takes more than this part of what is left. So each taker leaves
   * the others nearly as much as before, and a small message goes through where a large one does
   * not: with a budget of 32 MB the first gets 50 KB at most, and the hundredth still 10.
   */
  private static final int PORTIONS = 64;

  /** What a shard may hold more than it has told the others: a thousandth of the whole. */
  private static final int STEPS = 1000;

  private final HeldBytes held = new HeldBytes();
  private final Quota total;
  private final long full;
  private final long high;
  private final long scarce;
  private final long critical;
  private final long step;
  private long told;
  private long shared;
  private long highAt;
  private long scarceAt;
  private long criticalAt;
  private long fullAt;

  /**
   * @param total what all shards have told
   */
  ByteBudget(Quota total, long limit) {
    this.total = total;
    this.full = limit;
    this.high = limit / 100 * HIGH_PERCENT;
    this.scarce = limit / 100 * SCARCE_PERCENT;
    this.critical = limit / 100 * CRITICAL_PERCENT;
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

  /** So much do the outboxes of this shard share now, which no connection counts for itself. */
  void shared(long bytes) {
    if (bytes != shared) {
      held.add(bytes - shared);
      shared = bytes;
      refreshIfDue();
    }
  }

  /** Looks at what the others hold, where this shard has something to tell them. */
  void refreshIfDue() {
    if (isDue()) {
      refresh();
    }
  }

  /** Looks at what the others hold. */
  void refresh() {
    if (isDue()) {
      total.add(held.bytes() - told);
      told = held.bytes();
    }
    long others = total.held() - told;
    highAt = high - others;
    scarceAt = scarce - others;
    criticalAt = critical - others;
    fullAt = full - others;
  }

  boolean isHigh() {
    return held.bytes() >= highAt;
  }

  boolean isScarce() {
    return held.bytes() >= scarceAt;
  }

  boolean isCritical() {
    return held.bytes() >= criticalAt;
  }

  boolean isFull() {
    return held.bytes() >= fullAt;
  }

  /** So much more may be held before memory is scarce. */
  boolean hasRoom(long bytes) {
    return held.bytes() + bytes < scarceAt;
  }

  /**
   * Whether somebody may take so much at once, for a while: a message for those who keep up, what
   * has come of a packet, answers that are not sent yet.
   */
  boolean grants(long bytes) {
    return !isScarce() || bytes <= (fullAt - held.bytes()) / PORTIONS;
  }

  private boolean isDue() {
    return Math.abs(held.bytes() - told) > step;
  }
}
