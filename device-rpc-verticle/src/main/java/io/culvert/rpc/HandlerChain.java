package io.culvert.rpc;

import io.culvert.rpc.protocol.Payload;
import io.culvert.rpc.protocol.RpcException;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The handlers of one kind of payload in one direction, in the order of their registration. */
final class HandlerChain {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.rpc");

  private final List<RpcHandler> handlers = new CopyOnWriteArrayList<>();
  private final Loop loop;
  private final BiFunction<String, Payload, @Nullable RpcException> failures;

  /**
   * @param failures what a payload by itself says has failed, for handlers that raise that
   */
  HandlerChain(Loop loop, BiFunction<String, Payload, @Nullable RpcException> failures) {
    this.loop = loop;
    this.failures = failures;
  }

  static HandlerChain withoutFailures(Loop loop) {
    return new HandlerChain(loop, (topic, payload) -> null);
  }

  /**
   * What is left behind the handlers.
   *
   * @param stopped one did not let the payload go on
   * @param accepted one has looked at a failure and does not raise it
   */
  record Outcome(Payload payload, boolean stopped, boolean accepted) {}

  void add(RpcHandler handler) {
    handlers.add(handler);
  }

  boolean remove(RpcHandler handler) {
    return handlers.remove(handler);
  }

  boolean isEmpty() {
    return handlers.isEmpty();
  }

  Future<Outcome> run(String topic, Payload payload) {
    Outcome start = new Outcome(payload, false, false);
    return handlers.isEmpty()
        ? Future.succeededFuture(start)
        : run(topic, start, List.copyOf(handlers), 0);
  }

  private Future<Outcome> run(String topic, Outcome before, List<RpcHandler> all, int from) {
    int at = from;
    while (at < all.size() && !all.get(at).accepts().test(before.payload())) {
      at++;
    }
    if (at == all.size()) {
      return Future.succeededFuture(before);
    }
    int next = at + 1;
    return call(topic, before, all.get(at))
        .compose(
            after ->
                after.stopped() ? Future.succeededFuture(after) : run(topic, after, all, next));
  }

  private Future<Outcome> call(String topic, Outcome before, RpcHandler handler) {
    RpcException failure = failures.apply(topic, before.payload());
    if (failure != null && handler.raiseExceptions() && !before.accepted()) {
      return Future.failedFuture(failure);
    }
    return process(topic, before.payload(), handler)
        .map(
            after -> {
              boolean answers =
                  after instanceof Payload.Response && before.payload() instanceof Payload.Request;
              return new Outcome(
                  after,
                  !handler.propagate() || answers,
                  before.accepted() || !handler.raiseExceptions());
            });
  }

  private Future<Payload> process(String topic, Payload payload, RpcHandler handler) {
    Future<? extends @Nullable Payload> processed;
    try {
      processed = handler.process().apply(topic, payload);
    } catch (RuntimeException thrown) {
      processed = Future.failedFuture(thrown);
    }
    Future<Payload> after = loop.here(processed.map(result -> result == null ? payload : result));
    return handler.raiseExceptions()
        ? after
        : after.recover(
            thrown -> {
              LOG.warn("a handler for {} has failed", topic, thrown);
              return Future.succeededFuture(payload);
            });
  }
}
