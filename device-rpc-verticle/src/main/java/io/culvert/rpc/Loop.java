package io.culvert.rpc;

import io.culvert.runtime.driver.Shard;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/** The event loop of a client. */
final class Loop {
  private final Shard shard;

  Loop(Shard shard) {
    this.shard = shard;
  }

  /** Does it on the loop: at once where the caller is on it. */
  void run(Runnable action) {
    if (shard.inThread()) {
      action.run();
    } else {
      shard.context().runOnContext(ignored -> action.run());
    }
  }

  /** The same future, but what follows is done on the loop, whoever completes it. */
  <T> Future<T> here(Future<T> anywhere) {
    if (anywhere.isComplete() && shard.inThread()) {
      return anywhere;
    }
    Promise<T> here = Promise.promise();
    anywhere.onComplete(done -> run(() -> here.handle(done)));
    return here.future();
  }
}
