package io.culvert.runtime.driver;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The connections of a shard that have something to send, each once and in order. Those with little
 * go first, and of these those that have only answers last; those with much wait in a line, of
 * which each call of {@link #flush} does a slice, so that the sockets are looked at in between. A
 * round is over when all have been flushed that waited when it began.
 *
 * <p>Nobody goes first twice in a round, unless they are few in that call. Else messages for very
 * many, which come while some of these still wait for an earlier one, would be sent one by one to
 * those who do not.
 */
final class FlushRounds {
  /**
   * What a healthy client waits for those who are sent a lot, before the next look at the sockets.
   */
  static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** Divided by all that have something to send: who has no more than that has little. */
  static final int LIGHT_BYTES_OF_ALL = 2 * 1024 * 1024;

  /** It is always little, however many have something to send. */
  private static final int LEAST_LIGHT_BYTES = 1024;

  /** Of those that have little to send, between two looks at the clock. */
  private static final int LIGHT_PER_LOOK = 16;

  /** So many or fewer with little that have been flushed in a round go first again in it. */
  static final int FEW = 16;

  private final LongSupplier nanoTime;
  private final ArrayDeque<Member> changed = new ArrayDeque<>();
  private final ArrayDeque<Member> answering = new ArrayDeque<>();
  private final ArrayDeque<Member> waiting = new ArrayDeque<>();

  /** Empty between two calls. */
  private final ArrayDeque<Member> again = new ArrayDeque<>();

  private int leftOfRound;
  private int round;

  FlushRounds(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** It is flushed once from now on, and may be added again as soon as that is done. */
  void add(Member member) {
    changed.addLast(member);
  }

  /**
   * As {@link #add}, and after all that are added so: for one that has something to send because of
   * what it was sent itself, most often an answer. A message is late until it is delivered; its
   * sender seldom waits for the answer.
   */
  void addAnswering(Member member) {
    answering.addLast(member);
  }

  /** Some have been added since {@link #flush} began, or still wait. */
  boolean hasMore() {
    return !changed.isEmpty() || !answering.isEmpty() || !waiting.isEmpty();
  }

  /** Not all have been flushed that waited when the round began. */
  boolean isBehind() {
    return leftOfRound > 0;
  }

  /** Flushes for as long as a slice; those that are added meanwhile wait for the next call. */
  void flush(long nowMillis) {
    if (!hasMore()) {
      return;
    }
    long endNanos = nanoTime.getAsLong() + SLICE_NANOS;
    boolean begins = leftOfRound == 0;
    if (begins) {
      round++;
    }
    flushLight(nowMillis, endNanos);
    if (begins) {
      leftOfRound = waiting.size();
    }
    while (leftOfRound > 0) {
      flush(waiting.removeFirst(), nowMillis);
      leftOfRound--;
      if (isOver(endNanos)) {
        return;
      }
    }
  }

  private void flushLight(long nowMillis, long endNanos) {
    boolean isOver = false;
    int delivering = changed.size();
    int count = delivering + answering.size();
    int lightBytes = Math.max(LEAST_LIGHT_BYTES, LIGHT_BYTES_OF_ALL / Math.max(1, count));
    int flushed = 0;
    for (int i = 0; i < count; i++) {
      Member member = (i < delivering ? changed : answering).removeFirst();
      boolean isAgain = member.flushedIn == round;
      if (!member.isLight(isAgain ? LEAST_LIGHT_BYTES : lightBytes)) {
        waiting.addLast(member);
      } else if (isAgain) {
        again.addLast(member);
      } else if (isOver) {
        waiting.addLast(member);
      } else {
        flush(member, nowMillis);
        isOver = ++flushed % LIGHT_PER_LOOK == 0 && isOver(endNanos);
      }
    }
    boolean areFew = again.size() <= FEW;
    while (!again.isEmpty()) {
      Member member = again.removeFirst();
      if (areFew) {
        flush(member, nowMillis);
      } else {
        waiting.addLast(member);
      }
    }
  }

  private void flush(Member member, long nowMillis) {
    member.flushedIn = round;
    member.flush(nowMillis);
  }

  private boolean isOver(long endNanos) {
    return nanoTime.getAsLong() - endNanos >= 0;
  }

  /** Whoever has something to send. */
  abstract static class Member {
    private int flushedIn;

    /** It has no more to send than that, and does not rest. Does not throw. */
    abstract boolean isLight(int lightBytes);

    /** Flushes it. Does not throw. */
    abstract void flush(long nowMillis);
  }
}
