package io.culvert.runtime.driver.loops;

/**
 * How busy a thread is: the share of each window in which it did not wait. A window ends with the
 * first pass after its length, so one in which the thread slept long is long, and its load low. Not
 * thread-safe; told the time.
 */
final class Load {
  /** Long enough for many passes, short enough that what waits for the answer does not pile up. */
  static final long WINDOW_NANOS = 10_000_000;

  private long startNanos;
  private long busyNanos;
  private int percent;

  Load(long nowNanos) {
    startNanos = nowNanos;
  }

  /** The thread has worked for so long. */
  void add(long nanos) {
    busyNanos += nanos;
  }

  /** Whether a window has ended by now: then {@link #percent} is news, and the next one begins. */
  boolean ends(long nowNanos) {
    long passed = nowNanos - startNanos;
    if (passed < WINDOW_NANOS) {
      return false;
    }
    percent = (int) Math.min(100, busyNanos * 100 / passed);
    restart(nowNanos);
    return true;
  }

  /** Forgets the window that runs. */
  void restart(long nowNanos) {
    startNanos = nowNanos;
    busyNanos = 0;
  }

  /** Of the last whole window. */
  int percent() {
    return percent;
  }

  /** Of the window that runs, or of the last one while that is too young to tell. */
  int percentNow(long nowNanos) {
    long passed = nowNanos - startNanos;
    return passed < WINDOW_NANOS ? percent : (int) Math.min(100, busyNanos * 100 / passed);
  }
}
