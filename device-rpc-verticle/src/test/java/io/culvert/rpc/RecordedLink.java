package io.culvert.rpc;

import io.culvert.rpc.exchange.RpcMessage;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A link to nobody that knows what is subscribed, and what was published. */
final class RecordedLink implements RpcLink {
  final List<RpcMessage> published = new CopyOnWriteArrayList<>();
  Future<Void> connected = Future.succeededFuture();
  final List<String> open = new ArrayList<>();
  final Set<String> refused = new HashSet<>();
  final Map<String, Function<RpcMessage, Future<?>>> handlers = new ConcurrentHashMap<>();
  final List<RpcMessage> announced = new ArrayList<>();
  Consumer<Throwable> ended = why -> {};
  @Nullable Throwable failure;
  int subscribed;

  @Override
  public void whenEnded(Consumer<Throwable> told) {
    ended = told;
  }

  @Override
  public Future<Void> connect() {
    return connected;
  }

  @Override
  public Future<Void> publish(RpcMessage message) {
    published.add(message);
    return Future.succeededFuture();
  }

  @Override
  public Future<Subscribed> subscribe(
      String filter, int qos, Function<RpcMessage, Future<?>> handler) {
    if (refused.contains(filter)) {
      return Future.failedFuture("refused");
    }
    Throwable failed = failure;
    if (failed != null) {
      failure = null;
      return Future.failedFuture(failed);
    }
    handlers.put(filter, handler);
    subscribed++;
    open.add(filter);
    return Future.succeededFuture(
        () -> {
          assertOpen(filter);
          return Future.succeededFuture();
        });
  }

  @Override
  public Future<Subscribed> subscribeRetained(
      String filter, int qos, Function<RpcMessage, Future<?>> handler) {
    return subscribe(filter, qos, handler);
  }

  @Override
  public void announce(Function<Boolean, RpcMessage> word) {
    announced.add(word.apply(true));
    announced.add(word.apply(false));
  }

  @Override
  public boolean hasProperties() {
    return true;
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }

  private void assertOpen(String filter) {
    if (!open.remove(filter)) {
      throw new AssertionError(filter + " is not open");
    }
  }
}
