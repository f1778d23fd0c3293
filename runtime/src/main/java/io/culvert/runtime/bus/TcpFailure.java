package io.culvert.runtime.bus;

import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import org.jspecify.annotations.Nullable;

/**
 * Why something with a peer of the TCP message service failed. The text of the failure begins with
 * the name.
 */
public enum TcpFailure implements CulvertFailure {
  /** URI and content do not fit into one message. */
  TOO_LONG(3000, false),

  /** There is no such peer, or no more. */
  PEER_UNKNOWN(3001, false),

  /** The peer reads too slowly: as much waits for it as may. */
  QUEUE_FULL(3002, true),

  /** The connection has ended, or was never there. */
  CLOSED(3003, true),

  /** No answer came in time. It may still have had its effect. */
  TIMEOUT(3004, true),

  /** The other end does not accept what was signed with this secret, or has another dialect. */
  AUTH_FAILED(3005, false),

  /** As much is outstanding, or subscribed, as may be. */
  BUSY(3006, true),

  /** The other end answers that it cannot do it. */
  REFUSED(3007, false),

  /** There is no such subscription, or no more: its lease has ended, or its service. */
  SUBSCRIPTION_UNKNOWN(3008, false),

  /** A bridge could not carry a message on; subscribers of its URI have got it. */
  NOT_CARRIED(3009, true);

  private final int code;
  private final boolean retryable;

  TcpFailure(int code, boolean retryable) {
    this.code = code;
    this.retryable = retryable;
  }

  /** What a failure says, or null where it is none of these. */
  public static @Nullable TcpFailure of(Throwable failed) {
    if (failed instanceof ReplyException reply
        && reply.failureType() == ReplyFailure.RECIPIENT_FAILURE) {
      for (TcpFailure failure : values()) {
        if (failure.code == reply.failureCode()) {
          return failure;
        }
      }
    }
    return null;
  }

  @Override
  public int code() {
    return code;
  }

  @Override
  public boolean retryable() {
    return retryable;
  }
}
