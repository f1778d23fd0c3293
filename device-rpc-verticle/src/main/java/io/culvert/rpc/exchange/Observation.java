package io.culvert.rpc.exchange;

import io.culvert.rpc.protocol.ETag;
import org.jspecify.annotations.Nullable;

/**
 * What a requester knows of a resource that it observes: which state came last, and until when it
 * is told of others. RFC 7641 §3.4.
 */
final class Observation {
  /** After so long a number says nothing any more. */
  private static final long NUMBERS_MILLIS = 128_000;

  private static final int HALF_OF_NUMBERS = 1 << 23;

  private long lastNumber;
  private long lastMillis;
  private long endMillis;
  private long renewMillis;
  private @Nullable ETag etag;

  Observation(long number, long leaseMillis, long nowMillis) {
    lastNumber = number;
    lastMillis = nowMillis;
    extend(leaseMillis, nowMillis);
  }

  /** Whether one state is newer than another, by their numbers and when they came. */
  static boolean isNewer(long number, long millis, long thanNumber, long thanMillis) {
    return (thanNumber < number && number - thanNumber < HALF_OF_NUMBERS)
        || (thanNumber > number && thanNumber - number > HALF_OF_NUMBERS)
        || millis > thanMillis + NUMBERS_MILLIS;
  }

  /** A state has come; false when a newer one was here before. */
  boolean take(long number, long leaseMillis, long nowMillis) {
    extend(leaseMillis, nowMillis);
    if (!isNewer(number, nowMillis, lastNumber, lastMillis)) {
      return false;
    }
    lastNumber = number;
    lastMillis = nowMillis;
    return true;
  }

  /** The name of the state that was taken last; null when it has none. */
  @Nullable ETag etag() {
    return etag;
  }

  void etag(@Nullable ETag value) {
    etag = value;
  }

  /** It was asked for again; when nothing comes, that is to be done once more. */
  void asked(long againMillis) {
    renewMillis = againMillis;
  }

  /** What was promised is over. */
  boolean isOver(long nowMillis) {
    return nowMillis >= endMillis;
  }

  long nextMillis() {
    return Math.min(renewMillis, endMillis);
  }

  private void extend(long leaseMillis, long nowMillis) {
    endMillis = Math.max(endMillis, nowMillis + leaseMillis);
    renewMillis = nowMillis + leaseMillis / 2;
  }
}
