package io.culvert.rpc.persistent;

import java.util.Locale;

/** How far a persistent request has come. */
public enum RequestState {
  /** It is kept, and its device was not asked yet. */
  QUEUED,

  /** It was sent, perhaps more than once, always under the same request id. */
  SENT,

  /** The device has done it. */
  SUCCEEDED,

  /** The device has refused it, or it cannot be sent at all. */
  FAILED,

  /** It was sent and not answered, and it may not be sent again. It may have been done. */
  TIMED_OUT,

  /** Its time was over before it could be sent. It was not done. */
  EXPIRED,

  /** Whoever submitted it does not want it any more. If it was sent, it may have been done. */
  CANCELLED;

  /** As it is written for others: {@code timed-out}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether nothing comes behind it. */
  public boolean isFinal() {
    return this != QUEUED && this != SENT;
  }
}
