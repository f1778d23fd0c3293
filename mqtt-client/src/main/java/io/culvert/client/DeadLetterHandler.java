package io.culvert.client;

/** Told of each message that was published reliably and is given up. */
@FunctionalInterface
public interface DeadLetterHandler {
  /**
   * Called on the event loop; the message is not in the store any more.
   *
   * @param failure the last one
   */
  void handle(OutgoingMessage message, MqttClientException failure);
}
