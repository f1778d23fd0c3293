package io.culvert.mqtt.client;

import io.culvert.engine.Engine;

/**
 * When PINGREQ is due, and when a server that does not answer is given up. A ping is due when
 * nothing was sent for the Keep Alive, or when nothing has come for as long: the first keeps the
 * server content [MQTT5-3.1.2-20], the second finds a dead one. Any byte from the server is a sign
 * of life, so a long message in front of PINGRESP does no harm.
 */
final class KeepAlive {
  private static final long NONE = -1;

  private long intervalMillis;
  private long pingTimeoutMillis;
  private long lastSentMillis;
  private long lastReceivedMillis;
  private long pingMillis = NONE;

  /** The connection is up; an interval of 0 means no Keep Alive. */
  void start(long intervalMillis, long pingTimeoutMillis, long nowMillis) {
    this.intervalMillis = intervalMillis;
    this.pingTimeoutMillis = pingTimeoutMillis;
    this.lastSentMillis = nowMillis;
    this.lastReceivedMillis = nowMillis;
  }

  void sent(long nowMillis) {
    lastSentMillis = nowMillis;
  }

  void received(long nowMillis) {
    lastReceivedMillis = nowMillis;
  }

  void pinged(long nowMillis) {
    if (pingMillis == NONE) {
      pingMillis = nowMillis;
    }
  }

  /** PINGRESP has come. Returns how long it took, or -1 when nothing was asked. */
  long answered(long nowMillis) {
    long since = pingMillis;
    pingMillis = NONE;
    return since == NONE ? NONE : nowMillis - since;
  }

  boolean awaitsAnswer() {
    return pingMillis != NONE;
  }

  long deadlineMillis() {
    return Math.min(pingDueMillis(), silentTooLongMillis());
  }

  boolean isPingDue(long nowMillis) {
    return nowMillis >= pingDueMillis();
  }

  boolean isSilentTooLong(long nowMillis) {
    return nowMillis >= silentTooLongMillis();
  }

  private long pingDueMillis() {
    if (intervalMillis == 0) {
      return Engine.NO_DEADLINE;
    }
    long idleSince = awaitsAnswer() ? lastSentMillis : Math.min(lastSentMillis, lastReceivedMillis);
    return idleSince + intervalMillis;
  }

  private long silentTooLongMillis() {
    return awaitsAnswer()
        ? Math.max(pingMillis, lastReceivedMillis) + pingTimeoutMillis
        : Engine.NO_DEADLINE;
  }
}
