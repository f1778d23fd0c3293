package io.culvert.client;

/**
 * How the client comes back after it has lost its connection. Waiting times double from the first
 * to the longest, and a random half of each is cut off, so that a crowd of clients does not return
 * in one moment.
 *
 * @param enabled whether it comes back by itself
 * @param retryFirst whether {@link MqttClient#connect} goes on when no server can be reached, too
 * @param firstDelayMillis before the first attempt
 * @param longestDelayMillis between two attempts
 * @param maximumAttempts without success until it gives up; 0 for no limit
 * @param stableMillis how long a connection must have lasted for the waiting times to begin anew
 */
public record ReconnectOptions(
    boolean enabled,
    boolean retryFirst,
    long firstDelayMillis,
    long longestDelayMillis,
    int maximumAttempts,
    long stableMillis) {
  /** Shorter than a person notices, longer than a broken switch needs to say so. */
  public static final long DEFAULT_FIRST_DELAY_MILLIS = 500;

  /** Soon enough for people who wait for a repaired server. */
  public static final long DEFAULT_LONGEST_DELAY_MILLIS = 30_000;

  /** A server that drops a client after its login has done so by then. */
  public static final long DEFAULT_STABLE_MILLIS = 10_000;

  public ReconnectOptions {
    if (firstDelayMillis < 1 || longestDelayMillis < firstDelayMillis) {
      throw new IllegalArgumentException(
          "delays from " + firstDelayMillis + " to " + longestDelayMillis + " ms");
    }
    if (maximumAttempts < 0 || stableMillis < 0) {
      throw new IllegalArgumentException("maximumAttempts and stableMillis are not negative");
    }
  }

  /** For ever, from half a second to half a minute. */
  public static ReconnectOptions defaults() {
    return new ReconnectOptions(
        true,
        false,
        DEFAULT_FIRST_DELAY_MILLIS,
        DEFAULT_LONGEST_DELAY_MILLIS,
        0,
        DEFAULT_STABLE_MILLIS);
  }

  /** A lost connection stays lost. */
  public static ReconnectOptions never() {
    return defaults().withEnabled(false);
  }

  public ReconnectOptions withEnabled(boolean value) {
    return new ReconnectOptions(
        value, retryFirst, firstDelayMillis, longestDelayMillis, maximumAttempts, stableMillis);
  }

  public ReconnectOptions withRetryFirst(boolean value) {
    return new ReconnectOptions(
        enabled, value, firstDelayMillis, longestDelayMillis, maximumAttempts, stableMillis);
  }

  public ReconnectOptions withDelays(long firstMillis, long longestMillis) {
    return new ReconnectOptions(
        enabled, retryFirst, firstMillis, longestMillis, maximumAttempts, stableMillis);
  }

  public ReconnectOptions withMaximumAttempts(int value) {
    return new ReconnectOptions(
        enabled, retryFirst, firstDelayMillis, longestDelayMillis, value, stableMillis);
  }
}
