package io.culvert.mqtt.server;

import org.jspecify.annotations.Nullable;

/** Where messages come from that a slow reader may slow down. */
interface Publisher {
  /**
   * Stops reading it for a while.
   *
   * @return whom to release; null when it is not read already, or cannot be stopped
   */
  @Nullable Publisher hold(Holder by, long untilMillis);

  /** Waits longer than was said at first. */
  void holdUntil(long untilMillis);

  /** Reads on. */
  void release();
}
