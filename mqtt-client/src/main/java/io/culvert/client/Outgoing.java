package io.culvert.client;

import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.ReasonCode;

/**
 * One publish from the call to its end. Single-threaded.
 *
 * <p>A durable one has a number, under which the store has it.
 */
final class Outgoing {
  /** How a publish ends: exactly one of the two is called, once. */
  interface Completion {
    void accepted(ReasonCode reasonCode, Properties properties);

    void failed(MqttClientException failure);
  }

  /** It is not in the store. */
  static final long NOT_DURABLE = 0;

  final Message message;
  final Completion completion;
  final long number;

  /** How often the server has refused it. */
  int refusals;

  Outgoing(Message message, Completion completion, long number) {
    this.message = message;
    this.completion = completion;
    this.number = number;
  }

  boolean isDurable() {
    return number != NOT_DURABLE;
  }
}
