package io.culvert.broker;

/**
 * What the clock of the shards lacks to the time of day. Asked once: as long as the process lives,
 * jumps of the time of day change nothing.
 */
final class WallOffset {
  private WallOffset() {}

  /** In milliseconds, now. */
  static long millis(long shardNowMillis) {
    return System.currentTimeMillis() - shardNowMillis;
  }
}
