package io.culvert.tcp;

/**
 * The time of day, which signed messages name. It may jump, so it is looked at only while one is
 * signed or checked.
 */
final class UnixClock {
  private UnixClock() {}

  /** Seconds since 1970. */
  static long nowSeconds() {
    return System.currentTimeMillis() / 1000;
  }
}
