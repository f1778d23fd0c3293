package io.culvert.runtime.bus;

import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;

/** Why a request over the event bus failed: what every module's failures have in common. */
public interface CulvertFailure {
  /** The {@code failureCode} of the reply; never changes, and no other failure has it. */
  int code();

  /** A word for the code; never changes. */
  String name();

  /** Whether the same request may succeed later. */
  boolean retryable();

  /** The failed reply; its text begins with the name. */
  default ReplyException because(String text) {
    return new ReplyException(ReplyFailure.RECIPIENT_FAILURE, code(), name() + ": " + text);
  }
}
