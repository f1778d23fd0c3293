package io.culvert.mqtt.server;

/**
 * What a shard has found in its records at the start.
 *
 * @param messages that wait in those sessions, or were sent and not acknowledged
 * @param unreadable records that are left out
 */
public record Recovered(int sessions, long messages, int retainedMessages, int unreadable) {
  /** Both together. */
  public Recovered plus(Recovered other) {
    return new Recovered(
        sessions + other.sessions,
        messages + other.messages,
        retainedMessages + other.retainedMessages,
        unreadable + other.unreadable);
  }
}
