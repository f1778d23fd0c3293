package io.culvert.mqtt.server;

import io.culvert.mqtt.session.ReceivedIds;
import io.culvert.mqtt.wire.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * The QoS 2 messages from one client whose connections have ended before it was decided what their
 * PUBREC says; and what goes on when all that is decided. A session has it only while there is
 * something in it.
 */
final class LateDecisions {
  private final Session session;
  private final ReceivedIds undecided = new ReceivedIds();
  private @Nullable Runnable whenSettled;

  LateDecisions(Session session) {
    this.session = session;
  }

  /** A message's connection has ended before its PUBREC was decided. */
  void add(int packetId) {
    undecided.add(packetId);
  }

  boolean contains(int packetId) {
    return undecided.contains(packetId);
  }

  /** The decision on one of them, perhaps. */
  void decide(int packetId, ReasonCode reasonCode) {
    if (!undecided.remove(packetId)) {
      return;
    }
    ServerConnection to = session.connection();
    if (to != null && to.isConnected()) {
      to.decide(packetId, reasonCode);
    }
    if (reasonCode.isError()) {
      session.received().remove(packetId); // [MQTT5-4.3.3-9]
    }
    goOn();
  }

  /**
   * Whether all are decided on, and all that the session gets is stored.
   *
   * @param otherwise called when it is so, see {@link #goOn}
   */
  boolean isSettled(Runnable otherwise) {
    whenSettled = isSettled() ? null : otherwise;
    return isSettled();
  }

  private boolean isSettled() {
    SessionRecords kept = session.records();
    return undecided.size() == 0 && (kept == null || kept.arriving().isEmpty());
  }

  /** Something is decided on, or stored. */
  void goOn() {
    Runnable then = whenSettled;
    if (then != null && isSettled()) {
      whenSettled = null;
      then.run();
    }
  }

  /** Nobody waits for decisions any more. */
  void forget() {
    undecided.clear();
  }

  boolean isEmpty() {
    return undecided.size() == 0 && whenSettled == null;
  }
}
