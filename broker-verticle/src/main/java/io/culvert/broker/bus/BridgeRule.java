package io.culvert.broker.bus;

import io.culvert.runtime.bus.BridgeTarget;

/** A bridge between topics and an address of the event bus, as it is configured. */
public sealed interface BridgeRule {
  /** One that no other rule has; it marks what went through. */
  String name();

  /**
   * From topics to an address.
   *
   * @param qos the highest
   * @param maxOutstanding how many messages may be unacknowledged, 1…1000
   * @param maxAttempts after so many a message is given up; 0 for never
   */
  record Out(
      String name, String filter, int qos, BridgeTarget target, int maxOutstanding, int maxAttempts)
      implements BridgeRule {}

  /**
   * From an address to a topic.
   *
   * @param topic of messages that name none; others may lie below it
   * @param qos of messages that name none
   */
  record In(String name, String address, String topic, int qos) implements BridgeRule {}
}
