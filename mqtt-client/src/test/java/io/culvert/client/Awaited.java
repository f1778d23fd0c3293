package io.culvert.client;

import io.vertx.core.Future;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Waits with a limit. */
public final class Awaited {
  private static final int SECONDS = 30;

  private Awaited() {}

  public static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
  }

  /** The failure of a future that must fail. */
  public static MqttClientException failure(Future<?> future) throws Exception {
    try {
      Object result = await(future);
      throw new AssertionError("has succeeded with " + result);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof MqttClientException failure) {
        return failure;
      }
      throw e;
    }
  }

  public static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T next = queue.poll(SECONDS, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("nothing has come");
    }
    return next;
  }
}
