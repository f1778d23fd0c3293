package io.culvert.client;

/** What the clock of the shards lacks to the time of day, for what is written to a store. */
final class WallOffset {
  private WallOffset() {}

  /** In milliseconds, now. */
  static long millis(long shardNowMillis) {
    return System.currentTimeMillis() - shardNowMillis;
  }
}
