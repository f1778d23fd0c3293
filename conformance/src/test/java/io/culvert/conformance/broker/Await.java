package io.culvert.conformance.broker;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waiting for events. Nothing here sleeps; every wait ends with the event or with a failed test.
 */
public final class Await {

  /** How long a test waits for one event; generous by default, because the machine may be busy. */
  public static final Duration LIMIT =
      Duration.ofSeconds(Integer.getInteger("culvert.test.limit-seconds", 30));

  private Await() {}

  /**
   * The value of {@code stage}; a failed test after {@link #LIMIT}, or when the stage has failed.
   */
  public static <T> T result(String what, CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("no answer within " + LIMIT.toSeconds() + " s: " + what, e);
    } catch (ExecutionException e) {
      throw new AssertionError("failed: " + what + ": " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** For a wait that was interrupted: the test run is being stopped. */
  public static AssertionError interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new AssertionError("interrupted", cause);
  }
}
