package io.culvert.client;

import org.jspecify.annotations.Nullable;

/**
 * What {@link MqttClient#connectionHandler} is told.
 *
 * @param sessionPresent the server had the session; false in all other states
 * @param cause why the connection is not there; null when it is, and when the application has ended
 *     it
 * @param nextAttemptMillis after how many milliseconds the client tries again; -1 for never
 */
public record ConnectionChange(
    State state,
    boolean sessionPresent,
    @Nullable MqttClientException cause,
    long nextAttemptMillis) {
  /** How the client stands. */
  public enum State {
    /** There is a connection, and CONNACK was good. */
    CONNECTED,
    /** There is none; the client tries again by itself. */
    RECONNECTING,
    /** There is none, and the client does not try. */
    DISCONNECTED
  }
}
