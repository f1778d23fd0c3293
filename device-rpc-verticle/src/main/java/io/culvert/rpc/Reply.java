package io.culvert.rpc;

import io.culvert.rpc.exchange.Answer;
import io.culvert.rpc.protocol.ResponseCode;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** What a resource says to a request: an answer, nothing, or one of these later. Immutable. */
public final class Reply {
  private static final Reply NONE = new Reply(null, null);

  private final @Nullable Answer answer;
  private final @Nullable Future<Reply> later;

  private Reply(@Nullable Answer answer, @Nullable Future<Reply> later) {
    this.answer = answer;
    this.later = later;
  }

  /** Any answer, such as one with an ETag. */
  public static Reply of(Answer answer) {
    return new Reply(answer, null);
  }

  public static Reply of(ResponseCode code, @Nullable Object body) {
    return of(Answer.of(code, body));
  }

  /** 205 with what the resource is now. */
  public static Reply content(@Nullable Object body) {
    return of(Answer.content(body));
  }

  /** 204: it was changed. */
  public static Reply changed() {
    return of(Answer.changed());
  }

  /** 201 with the path of what was created. */
  public static Reply created(String location) {
    return of(Answer.created(location));
  }

  /** 202: it is not there any more. */
  public static Reply deleted() {
    return of(Answer.deleted());
  }

  /** A refusal, with a text for people. */
  public static Reply failure(ResponseCode code, String detail) {
    return of(Answer.failure(code, detail));
  }

  /** Nothing at all: the requester waits until its time is over. */
  public static Reply none() {
    return NONE;
  }

  /** A reply that is not known yet. A failed future is a handler that throws. */
  public static Reply later(Future<Reply> reply) {
    return new Reply(null, reply);
  }

  /** The answer; null where there is none, or none yet. */
  public @Nullable Answer answer() {
    return answer;
  }

  /** Where the reply will be; null where it is here. */
  public @Nullable Future<Reply> later() {
    return later;
  }
}
