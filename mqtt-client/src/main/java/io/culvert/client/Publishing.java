package io.culvert.client;

import io.culvert.mqtt.client.ClientSession;
import io.culvert.mqtt.session.Message;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The way of messages into the {@link PublishQueue}, and of their results to whoever waits. On the
 * event loop only.
 */
final class Publishing {
  private final PublishQueue queue;
  private final DeadLetters deadLetters;
  private final LeftBehind leftBehind;
  private final boolean canKeep;
  private final LongSupplier clock;

  /**
   * @param records of what is published reliably; null where nothing can be
   */
  Publishing(
      MqttClientOptions options,
      ClientSession session,
      @Nullable PublishRecords records,
      LongSupplier clock) {
    this.queue = new PublishQueue(session, options.publishLimits(), records, clock);
    this.deadLetters = new DeadLetters(options.clientId());
    this.leftBehind =
        new LeftBehind(
            records,
            damage -> MqttClient.LOG.error("Client {}: {}", options.clientId(), damage),
            found -> queue.restore(found, deadLetters::left));
    this.canKeep = records != null;
    this.clock = clock;
  }

  /** Completes as the exchange with the server ends; not for a client that was closed. */
  Future<PublishResult> publish(Message message, boolean reliable) {
    if (reliable && !canKeep) {
      return Future.failedFuture(
          new IllegalArgumentException(
              "reliable publishing needs a store: MqttClientOptions.setStore"));
    }
    Promise<PublishResult> promise = Promise.promise();
    Outgoing.Completion completion = deadLetters.completion(message, reliable, promise);
    if (reliable) { // behind what an earlier process has left
      leftBehind.whenLoaded(() -> queue.publish(message, true, completion, clock.getAsLong()));
    } else {
      queue.publish(message, false, completion, clock.getAsLong());
    }
    return promise.future();
  }

  /** Does it when all that an earlier process has left is in the queue. */
  void whenLoaded(Runnable action) {
    leftBehind.whenLoaded(action);
  }

  void deadLetterHandler(@Nullable DeadLetterHandler handler) {
    deadLetters.handler(handler);
  }

  PublishQueue queue() {
    return queue;
  }
}
