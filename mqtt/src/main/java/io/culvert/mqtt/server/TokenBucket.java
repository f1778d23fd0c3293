package io.culvert.mqtt.server;

/**
 * An amount a second, with a burst of one second. It never refuses: whoever has taken more than
 * there was waits until the debt is paid, so that also what is larger than a burst gets through.
 */
final class TokenBucket {
  private static final long MILLIS = 1000;

  private final long perSecond;
  private long thousandths;
  private long filledMillis;

  /** A full one. */
  TokenBucket(long perSecond, long nowMillis) {
    this.perSecond = perSecond;
    this.thousandths = perSecond * MILLIS;
    this.filledMillis = nowMillis;
  }

  void take(long amount, long nowMillis) {
    long full = perSecond * MILLIS;
    long missingMillis = ceilDiv(full - thousandths, perSecond);
    thousandths += Math.min(nowMillis - filledMillis, missingMillis) * perSecond;
    thousandths = Math.min(thousandths, full) - amount * MILLIS;
    filledMillis = nowMillis;
  }

  /** When the debt is paid; not later than the last {@link #take} when there is none. */
  long readyAtMillis() {
    return thousandths >= 0 ? filledMillis : filledMillis + ceilDiv(-thousandths, perSecond);
  }

  private static long ceilDiv(long dividend, long divisor) {
    return (dividend + divisor - 1) / divisor;
  }
}
