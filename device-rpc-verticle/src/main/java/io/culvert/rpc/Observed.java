package io.culvert.rpc;

import io.culvert.rpc.protocol.Payload;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.rpc.protocol.RpcException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A resource that is observed: each of its states comes, the newest for sure. It is renewed by
 * itself, and ends by {@link #close}, or as {@link #ended} says.
 */
public final class Observed {
  private final Asking asking;
  private final Consumer<Payload.Response> news;
  private final Promise<Void> ended = Promise.promise();
  private Payload.@Nullable Response first;
  private @Nullable RequestId id;
  private @Nullable Loop loop;

  Observed(Asking asking, Consumer<Payload.Response> news) {
    this.asking = asking;
    this.news = news;
  }

  /** What it was when it was asked for. */
  public Payload.Response first() {
    return Objects.requireNonNull(first);
  }

  /**
   * Completes when no states come any more: because of {@link #close}, or because the device does
   * not let this resource be observed, or no longer. Fails where the device refuses, or was not
   * heard of for the time of its lease, and where the client is closed or its link to the broker
   * has ended for good.
   */
  public Future<Void> ended() {
    return ended.future();
  }

  /** Ends it; the device is told. */
  public void close() {
    Objects.requireNonNull(loop).run(this::end);
  }

  private void end() {
    RequestId call = id;
    if (call != null && !ended.future().isComplete()) {
      asking.end(call);
      ended.tryComplete();
    }
  }

  void isAskedBy(RequestId call) {
    id = call;
  }

  void notified(Payload.Response state) {
    news.accept(state);
  }

  void isOpen(Payload.Response response) {
    first = response;
  }

  void ended(@Nullable RpcException why) {
    if (why == null) {
      ended.tryComplete();
    } else {
      ended.tryFail(why);
    }
  }

  /** Where it is. */
  Observed on(Loop other) {
    loop = other;
    return this;
  }
}
