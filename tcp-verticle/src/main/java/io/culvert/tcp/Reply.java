package io.culvert.tcp;

import io.culvert.tcp.wire.Message;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** What a handler answers: a message, nothing, or one of both later. Immutable. */
public final class Reply {
  private static final Reply NONE = new Reply(null, null);

  private final @Nullable Message message;
  private final @Nullable Future<Reply> later;

  private Reply(@Nullable Message message, @Nullable Future<Reply> later) {
    this.message = message;
    this.later = later;
  }

  /** No answer. */
  public static Reply none() {
    return NONE;
  }

  public static Reply of(Message message) {
    return new Reply(message, null);
  }

  /**
   * An answer that is not known yet. Until it is, nothing more is read from this peer. A failed
   * future is a handler that fails.
   */
  public static Reply later(Future<Reply> reply) {
    return new Reply(null, reply);
  }

  /** The message, null where there is none now. */
  public @Nullable Message message() {
    return message;
  }

  /** Where the answer will be, null where it is here. */
  public @Nullable Future<Reply> later() {
    return later;
  }
}
