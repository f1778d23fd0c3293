package io.culvert.runtime.driver;

/**
 * How late an event loop is: the longest time by which one of its regular ticks has been late in
 * the last tenth of a second or two, or is late by now. A socket's bytes wait about as long. Told
 * of ticks by the loop; any thread may ask.
 */
final class LoopDelay {
  /** Forty a second cost nothing that can be measured, and show a stall while it is short. */
  static final long TICK_MILLIS = 25;

  /** A longest delay counts for once to twice this time. */
  static final long WINDOW_MILLIS = 100;

  private long windowStartMillis;
  private volatile long longest;
  private volatile long longestBefore;
  private volatile long dueMillis = Long.MAX_VALUE; // not measured

  /** Ticks begin, or do again. */
  void start(long nowMillis) {
    windowStartMillis = nowMillis;
    longest = 0;
    longestBefore = 0;
    dueMillis = nowMillis + TICK_MILLIS;
  }

  /** The loop has come to its tick. */
  void tick(long nowMillis) {
    long passed = nowMillis - windowStartMillis;
    if (passed >= WINDOW_MILLIS) {
      longestBefore = passed < 2 * WINDOW_MILLIS ? longest : 0;
      longest = 0;
      windowStartMillis = nowMillis;
    }
    longest = Math.max(longest, nowMillis - dueMillis);
    dueMillis = nowMillis + TICK_MILLIS;
  }

  /** There are no ticks any more. */
  void stop() {
    longest = 0;
    longestBefore = 0;
    dueMillis = Long.MAX_VALUE;
  }

  /** In milliseconds; 0 while there are no ticks. */
  long millis(long nowMillis) {
    return Math.max(Math.max(longest, longestBefore), Math.max(0, nowMillis - dueMillis));
  }
}
