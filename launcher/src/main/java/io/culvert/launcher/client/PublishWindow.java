package io.culvert.launcher.client;

import io.culvert.client.MqttClient;
import io.culvert.client.OutgoingMessage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Publishes from an ordinary thread as fast as the server takes it: as many messages are under way
 * as are needed for that, and no more.
 */
public final class PublishWindow {
  private static final int PERMITS = 1024;

  /** So many bytes count as one more message. */
  private static final int BYTES_OF_PERMIT = 16 << 10;

  private final MqttClient client;
  private final Semaphore free = new Semaphore(PERMITS);
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  public PublishWindow(MqttClient client) {
    this.client = client;
  }

  /** Nothing has failed yet. */
  public boolean isGood() {
    return failure.get() == null;
  }

  /** Waits until there is room. */
  public void publish(OutgoingMessage message) throws InterruptedException {
    int permits = Math.min(PERMITS, 1 + message.payload().length() / BYTES_OF_PERMIT);
    free.acquire(permits);
    client
        .publish(message)
        .onComplete(
            result -> {
              if (result.failed()) {
                failure.compareAndSet(null, result.cause());
              }
              free.release(permits);
            });
  }

  /** Waits until everything is acknowledged, or has failed. */
  public void awaitAll() throws InterruptedException {
    free.acquire(PERMITS);
    free.release(PERMITS);
  }

  /** The first failure in words, or null. */
  public @Nullable String failure() {
    Throwable first = failure.get();
    return first == null ? null : String.valueOf(first.getMessage());
  }
}
