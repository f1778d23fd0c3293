package io.culvert.client;

import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/**
 * Tells the application, which may throw: its fault must not end the connection of all, nor keep
 * the client from going on with what it does.
 */
final class Told {
  private Told() {}

  /** Whoever waits for it hears it now, unless it is too late. */
  static <T> void complete(Promise<T> promise, @Nullable T result) {
    guarded("The handler of a result", () -> promise.tryComplete(result));
  }

  static void fail(Promise<?> promise, Throwable why) {
    guarded("The handler of a failure", () -> promise.tryFail(why));
  }

  /**
   * Calls a handler of the application.
   *
   * @param whose named in the log when it throws
   */
  static void guarded(String whose, Runnable call) {
    try {
      call.run();
    } catch (Throwable thrown) {
      MqttClient.LOG.error("{} has failed", whose, thrown);
    }
  }
}
