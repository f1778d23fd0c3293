package io.culvert.client;

import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** How an ordinary thread waits for what happens on an event loop. */
final class Waiting {
  private Waiting() {}

  /**
   * Waits for the result.
   *
   * @param asynchronous what to call on an event loop instead
   */
  static <T> T await(Supplier<Future<T>> call, Duration patience, String asynchronous) {
    refuseEventLoop(asynchronous);
    try {
      return call.get()
          .toCompletionStage()
          .toCompletableFuture()
          .get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw rethrown(e);
    } catch (TimeoutException e) {
      throw MqttClientException.of(
          MqttClientFailure.TIMEOUT, "no answer within " + patience.toMillis() + " ms");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw MqttClientException.of(
          MqttClientFailure.TIMEOUT, "the thread was interrupted while it waited", e);
    }
  }

  static void refuseEventLoop(String asynchronous) {
    if (Context.isOnEventLoopThread()) {
      throw new IllegalStateException(
          "this would block the event loop and everything on it; call "
              + asynchronous
              + " and use its Future");
    }
  }

  private static RuntimeException rethrown(ExecutionException failed) {
    Throwable cause = failed.getCause();
    if (cause instanceof RuntimeException known) {
      return known;
    }
    return new IllegalStateException("the client has failed: " + cause, cause);
  }
}
