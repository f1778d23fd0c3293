package io.culvert.rpc.persistent;

import io.culvert.rpc.exchange.ResponderLimits;

/**
 * What persistent requests may cost.
 *
 * @param requests that are kept; one more is refused
 * @param perDevice of them, for one device
 * @param bytes of all of them
 * @param atOnce devices that are asked at a time
 * @param ended requests of which one may still ask what became of them
 * @param endedBytes of their answers
 * @param leastWaitMillis before a device that was not there is tried again; doubled each time
 * @param mostWaitMillis between two tries
 * @param rememberMillis for which a device remembers what it has done, from the first sending on
 */
public record QueueLimits(
    int requests,
    int perDevice,
    long bytes,
    int atOnce,
    int ended,
    long endedBytes,
    long leastWaitMillis,
    long mostWaitMillis,
    long rememberMillis) {
  public static final QueueLimits DEFAULT =
      new QueueLimits(
          10_000,
          1_000,
          64 * 1024 * 1024,
          100,
          1_000,
          16 * 1024 * 1024,
          1_000,
          60_000,
          ResponderLimits.EXCHANGE_LIFETIME_MILLIS);

  public QueueLimits {
    if (requests < 0
        || perDevice < 1
        || bytes < 0
        || atOnce < 1
        || ended < 0
        || endedBytes < 0
        || leastWaitMillis < 1
        || mostWaitMillis < leastWaitMillis
        || rememberMillis < 0) {
      throw new IllegalArgumentException("limits are positive, and the longest wait not shorter");
    }
  }

  public QueueLimits withRequests(int value, int forOneDevice, long bytesOfAll) {
    return new QueueLimits(
        value,
        forOneDevice,
        bytesOfAll,
        atOnce,
        ended,
        endedBytes,
        leastWaitMillis,
        mostWaitMillis,
        rememberMillis);
  }

  public QueueLimits withAtOnce(int value) {
    return new QueueLimits(
        requests,
        perDevice,
        bytes,
        value,
        ended,
        endedBytes,
        leastWaitMillis,
        mostWaitMillis,
        rememberMillis);
  }

  public QueueLimits withEnded(int value, long bytesOfAnswers) {
    return new QueueLimits(
        requests,
        perDevice,
        bytes,
        atOnce,
        value,
        bytesOfAnswers,
        leastWaitMillis,
        mostWaitMillis,
        rememberMillis);
  }
}
