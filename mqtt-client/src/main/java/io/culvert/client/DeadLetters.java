package io.culvert.client;

import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.ReasonCode;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** How publishes end for those who wait for them. On the event loop only. */
final class DeadLetters {
  private final String clientId;
  private @Nullable DeadLetterHandler handler;

  DeadLetters(String clientId) {
    this.clientId = clientId;
  }

  void handler(@Nullable DeadLetterHandler next) {
    handler = next;
  }

  /** Completes a promise; a reliable message that fails is a dead letter, too. */
  Outgoing.Completion completion(
      Message message, boolean reliable, Promise<PublishResult> promise) {
    return new Outgoing.Completion() {
      @Override
      public void accepted(ReasonCode code, Properties properties) {
        Told.complete(
            promise,
            code == ReasonCode.SUCCESS && properties.isEmpty()
                ? PublishResult.WRITTEN
                : new PublishResult(code, properties.copy()));
      }

      @Override
      public void failed(MqttClientException failure) {
        Told.fail(promise, failure);
        if (reliable) {
          given(message, failure);
        }
      }
    };
  }

  /** For a message that an earlier process has left: nobody waits for it. */
  Outgoing.Completion left(Message message) {
    return completion(message, true, Promise.promise());
  }

  private void given(Message message, MqttClientException failure) {
    DeadLetterHandler told = handler;
    if (failure.failure() == MqttClientFailure.CLOSED
        || failure.failure() == MqttClientFailure.QUEUE_FULL) {
      return; // it is still in the store, or never was
    }
    if (told == null) {
      MqttClient.LOG.error(
          "Client {}: a message to {} is given up: {}",
          clientId,
          message.topic(),
          failure.getMessage());
      return;
    }
    OutgoingMessage letter =
        new OutgoingMessage(
            message.topic().toString(),
            Buffer.buffer(message.payload().toByteArray()),
            message.qos(),
            message.retain(),
            message.properties(),
            true);
    Told.guarded("The dead-letter handler", () -> told.handle(letter, failure));
  }
}
