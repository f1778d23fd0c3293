package io.culvert.engine.testkit;

import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Time that moves only when a test says so, and the tasks that wait for it. Tasks of the same time
 * run in the order in which they were scheduled.
 */
public final class VirtualClock {
  /** More tasks than this without time moving on is an endless loop of the code under test. */
  private static final int MOST_TASKS_AT_ONE_TIME = 1_000_000;

  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(
          Comparator.comparingLong(Task::atMillis).thenComparingLong(Task::sequence));
  private long nowMillis;
  private long sequence;

  /** Starts somewhere that is neither zero nor a real date, so that nobody relies on either. */
  public VirtualClock() {
    this(1_000_000);
  }

  public VirtualClock(long startMillis) {
    nowMillis = startMillis;
  }

  public long nowMillis() {
    return nowMillis;
  }

  /** Runs a task after {@code delayMillis}; never at once, always from {@link #run} and its kin. */
  public void after(long delayMillis, Runnable action) {
    if (delayMillis < 0) {
      throw new IllegalArgumentException("in the past: " + delayMillis);
    }
    // A deadline that is practically never must not overflow into the past.
    long atMillis = nowMillis + Math.min(delayMillis, Long.MAX_VALUE - nowMillis);
    tasks.add(new Task(atMillis, sequence++, action));
  }

  /** Runs what is due now, and what that schedules for now. Time does not move. */
  public void run() {
    int count = 0;
    while (!tasks.isEmpty() && tasks.element().atMillis <= nowMillis) {
      if (++count > MOST_TASKS_AT_ONE_TIME) {
        throw new IllegalStateException("endless loop at " + nowMillis + " ms");
      }
      tasks.remove().action.run();
    }
  }

  /** Moves time on, stopping at each task on the way. */
  public void advance(long millis) {
    advanceTo(Math.addExact(nowMillis, millis));
  }

  /** Moves time on to {@code atMillis}, stopping at each task on the way. */
  public void advanceTo(long atMillis) {
    if (atMillis < nowMillis) {
      throw new IllegalArgumentException("time does not run backwards: " + atMillis);
    }
    run();
    while (!tasks.isEmpty() && nextMillis() <= atMillis) {
      nowMillis = nextMillis();
      run();
    }
    nowMillis = atMillis;
  }

  /** When the next task is due; {@link Long#MAX_VALUE} if none waits. */
  public long nextMillis() {
    return tasks.isEmpty() ? Long.MAX_VALUE : tasks.element().atMillis;
  }

  private record Task(long atMillis, long sequence, Runnable action) {}
}
