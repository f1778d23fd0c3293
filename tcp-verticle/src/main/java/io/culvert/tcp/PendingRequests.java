package io.culvert.tcp;

import io.culvert.engine.Bytes;
import io.culvert.runtime.bus.TcpFailure;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.MessageType;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Requests of one connection that wait for their answers. The wire has no numbers for requests:
 * answers come in order and carry the URI of the request, errors that of the request or {@code
 * ERROR}. Single-threaded.
 */
final class PendingRequests {
  private final Vertx vertx;
  private final int maximum;
  private final ArrayDeque<Pending> pending = new ArrayDeque<>();

  PendingRequests(Vertx vertx, int maximum) {
    this.vertx = vertx;
    this.maximum = maximum;
  }

  /** Fails if there is no room for one more. */
  Future<Void> room() {
    return pending.size() < maximum
        ? Future.succeededFuture()
        : Future.failedFuture(
            TcpFailure.BUSY.because(maximum + " requests wait for their answers"));
  }

  /** One that was sent; fails when the time is over. */
  Future<Message> add(Message request, long timeoutMillis) {
    Promise<Message> promise = Promise.promise();
    Pending added = new Pending(request.uri(), request.type(), promise);
    pending.add(added);
    added.timer =
        vertx.setTimer(
            timeoutMillis,
            id -> {
              pending.remove(added);
              promise.fail(
                  TcpFailure.TIMEOUT.because(
                      "no answer to %s in %d ms".formatted(request, timeoutMillis)));
            });
    return promise.future();
  }

  /** Whether the message is an answer, which is then given to whoever waits for it. */
  boolean complete(Message message) {
    Pending asked = take(one -> one.awaits(message));
    if (asked == null && message.type().equals(MessageType.OK)) {
      asked = take(one -> one.uri.equals(message.uri()));
    }
    if (asked == null && message.type().isError() && message.uri().equals(Message.ERROR_URI)) {
      asked = take(one -> true);
    }
    if (asked == null) {
      return false;
    }
    vertx.cancelTimer(asked.timer);
    asked.promise.complete(message);
    return true;
  }

  /** The oldest one has failed; false if there is none. */
  boolean failOldest(Throwable failure) {
    Pending asked = take(one -> true);
    if (asked == null) {
      return false;
    }
    vertx.cancelTimer(asked.timer);
    asked.promise.fail(failure);
    return true;
  }

  void failAll(Throwable failure) {
    List<Pending> all = new ArrayList<>(pending);
    pending.clear();
    for (Pending asked : all) {
      vertx.cancelTimer(asked.timer);
      asked.promise.fail(failure);
    }
  }

  private @Nullable Pending take(Predicate<Pending> wanted) {
    for (Iterator<Pending> all = pending.iterator(); all.hasNext(); ) {
      Pending next = all.next();
      if (wanted.test(next)) {
        all.remove();
        return next;
      }
    }
    return null;
  }

  private static final class Pending {
    private final Bytes uri;
    private final MessageType expected;
    private final Promise<Message> promise;
    private long timer;

    Pending(Bytes uri, MessageType request, Promise<Message> promise) {
      this.uri = uri;
      this.expected = answerTo(request);
      this.promise = promise;
    }

    boolean awaits(Message message) {
      return uri.equals(message.uri())
          && (message.type().equals(expected) || message.type().isError());
    }

    private static MessageType answerTo(MessageType request) {
      return switch (request.name()) {
        case "REQUEST_URI" -> MessageType.RESPOND_URI;
        case "SUBSCRIBE_URI" -> MessageType.CONFIRM_SUBSCRIBE;
        case "UNSUBSCRIBE_URI" -> MessageType.CONFIRM_UNSUBSCRIBE;
        default -> MessageType.OK;
      };
    }
  }
}
