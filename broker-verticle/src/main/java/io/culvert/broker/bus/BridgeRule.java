package io.culvert.broker.bus;

/** A bridge between topics and an address of the event bus, as it is configured. */
public sealed interface BridgeRule {
  /** One that no other rule has; it marks what went through. */
  String name();

  String address();

  /**
   * From topics to an address.
   *
   * @param qos the highest
   * @param toAll whether all consumers of the address get each message, and nobody acknowledges;
   *     else one of them does
   * @param maxOutstanding how many messages may be unacknowledged, 1…1000
   * @param maxAttempts after so many a message is given up; 0 for never
   */
  record Out(
      String name,
      String filter,
      int qos,
      String address,
      boolean toAll,
      int maxOutstanding,
      int maxAttempts)
      implements BridgeRule {}

  /**
   * From an address to a topic.
   *
   * @param topic of messages that name none; others may lie below it
   * @param qos of messages that name none
   */
  record In(String name, String address, String topic, int qos) implements BridgeRule {}
}
