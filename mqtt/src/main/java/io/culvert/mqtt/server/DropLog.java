package io.culvert.mqtt.server;

/** Told of messages that a session does not get, for a driver's log. */
@FunctionalInterface
public interface DropLog {
  /** Some messages, usually one, will not reach this session. */
  void dropped(Session session, DropReason reason, int messages, long nowMillis);
}
