package io.culvert.broker.config;

import io.culvert.runtime.config.Configuration;

/**
 * How many clients go and come at a time.
 *
 * @param drainPerSecond clients that are let go per second when the broker ends; 0 for all at once
 * @param drainSeconds longest time for that
 * @param takeOvers of one client within the window that are no fight; 0 for any number
 * @param takeOverWindowSeconds length of the window
 * @param loopDelayMillis how late an event loop is when it counts as busy; 0 for never
 * @param waitingConnects CONNECTs that wait for a busy event loop, for each
 */
public record StormOptions(
    int drainPerSecond,
    int drainSeconds,
    int takeOvers,
    int takeOverWindowSeconds,
    int loopDelayMillis,
    int waitingConnects) {

  static StormOptions from(Configuration configuration) {
    return new StormOptions(
        configuration.integer("mqtt.drain-per-second"),
        configuration.integer("mqtt.drain-seconds"),
        configuration.integer("limits.take-overs"),
        configuration.integer("limits.take-over-window-seconds"),
        configuration.integer("limits.loop-delay-millis"),
        configuration.integer("limits.waiting-connects"));
  }

  /** How long the broker may take, beyond what an end at once takes, to let all clients go. */
  public int endSeconds() {
    return drainPerSecond == 0 ? 0 : drainSeconds;
  }
}
