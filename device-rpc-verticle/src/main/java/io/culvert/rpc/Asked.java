package io.culvert.rpc;

import io.culvert.rpc.exchange.Call;
import io.culvert.rpc.protocol.Payload;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.rpc.protocol.RpcException;
import io.culvert.rpc.protocol.RpcTopic;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/** A request that was begun. On the event loop of the client only. */
final class Asked {
  final RequestId id;
  final Call call;
  final RpcTopic topic;
  final Promise<Payload.Response> promise = Promise.promise();

  /** Where its answer can come; null as long as nothing was sent. */
  @Nullable Future<Runnable> opening;

  /** Id of the newest of its later messages; null where it has one message only. */
  @Nullable RequestId part;

  private final @Nullable Observed observed;

  /**
   * @param observed what gets each state; null where one answer is asked for
   */
  Asked(RequestId id, Call call, RpcTopic topic, @Nullable Observed observed) {
    this.id = id;
    this.call = call;
    this.topic = topic;
    this.observed = observed;
    if (observed != null) {
      observed.isAskedBy(id);
    }
  }

  /** The result, unless there is one. */
  void settle(Future<Payload.Response> result) {
    result.onSuccess(promise::tryComplete).onFailure(promise::tryFail);
  }

  /** A state has come; the first one is the result. */
  void notified(Payload.Response state) {
    promise.tryComplete(state);
    if (observed != null) {
      observed.notified(state);
    }
  }

  /** Nothing more comes. */
  void ended(@Nullable RpcException why) {
    if (observed != null) {
      observed.ended(why);
    }
  }
}
