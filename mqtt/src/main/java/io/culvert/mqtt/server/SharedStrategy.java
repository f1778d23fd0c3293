package io.culvert.mqtt.server;

/**
 * Who of a shared subscription's members gets the next message. In each of them a member that would
 * have to let it wait is passed over while another one could send it at once.
 */
public enum SharedStrategy {
  /** Each in turn. */
  ROUND_ROBIN,
  /** Who has the fewest unacknowledged messages. */
  LEAST_IN_FLIGHT,
  /** The same member until it leaves or is passed over. */
  STICKY,
  /** The same member for all messages of one publisher, while the members stay the same. */
  HASH_CLIENT,
  /** The same member for all messages of one topic, while the members stay the same. */
  HASH_TOPIC
}
