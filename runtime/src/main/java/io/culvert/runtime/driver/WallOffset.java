package io.culvert.runtime.driver;

/**
 * What the clock of the shards lacks to the time of day, for times that go to the disk. Asked once:
 * as long as the process lives, jumps of the time of day change nothing.
 */
public final class WallOffset {
  private WallOffset() {}

  /** In milliseconds, now. */
  public static long millis(long shardNowMillis) {
    return System.currentTimeMillis() - shardNowMillis;
  }
}
