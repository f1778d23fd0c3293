package io.culvert.benchmarks.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Keeps a number of messages under way: each acknowledgement publishes the next one. */
final class Load {
  private static final int PAYLOAD_BYTES = 64;
  private static final int LAST_SECONDS = 30;

  private final Publishing client;
  private final int window;
  private final byte[] payload = new byte[PAYLOAD_BYTES];
  private final LongAdder acknowledged = new LongAdder();
  private final CountDownLatch ended;
  private final CompletableFuture<Void> failed = new CompletableFuture<>();
  private volatile boolean goesOn = true;

  Load(Publishing client, int window) {
    this.client = client;
    this.window = window;
    this.ended = new CountDownLatch(window);
  }

  /**
   * Publishes for so long; returns when all is acknowledged.
   *
   * @return how many messages there were
   * @throws Exception what a client failed with
   */
  long run(int seconds) throws Exception {
    for (int i = 0; i < window; i++) {
      client.publish(payload, this::completed);
    }
    try {
      failed.get(seconds, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      goesOn = false; // nothing has failed
    }
    if (!ended.await(LAST_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException(ended.getCount() + " messages were never acknowledged");
    }
    return acknowledged.sum();
  }

  private void completed(@Nullable Throwable failure) {
    if (failure != null) {
      failed.completeExceptionally(failure);
      return;
    }
    acknowledged.increment();
    if (!goesOn) {
      ended.countDown();
      return;
    }
    try {
      client.publish(payload, this::completed);
    } catch (Exception e) {
      failed.completeExceptionally(e);
    }
  }
}
