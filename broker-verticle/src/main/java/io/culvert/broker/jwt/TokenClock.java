package io.culvert.broker.jwt;

/**
 * The time of day, which tokens name. It may jump, so it is looked at only while a token is
 * checked.
 */
final class TokenClock {
  private TokenClock() {}

  /** Seconds since 1970. */
  static long nowSeconds() {
    return System.currentTimeMillis() / 1000;
  }
}
