package io.culvert.broker;

import io.vertx.core.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Work that never overlaps itself. Who asks for it while it is done gets it done again afterwards,
 * once for all who ask: it had begun before they asked. Used in one context.
 */
final class OneAtATime {
  private final Supplier<Future<Void>> work;
  private Future<Void> running = Future.succeededFuture();
  private @Nullable Future<Void> next;

  OneAtATime(Supplier<Future<Void>> work) {
    this.work = work;
  }

  /** Completes when it was done, all of it after this call. */
  Future<Void> run() {
    Future<Void> waits = next;
    if (waits != null) {
      return waits;
    }
    if (running.isComplete()) {
      return begin();
    }
    waits = running.transform(done -> begin());
    next = waits;
    return waits;
  }

  private Future<Void> begin() {
    next = null;
    running = Future.succeededFuture().compose(ignored -> work.get()); // what it throws fails it
    return running;
  }
}
