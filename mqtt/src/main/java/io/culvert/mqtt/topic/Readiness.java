package io.culvert.mqtt.topic;

/** How soon a member of a shared subscription could send one more message. */
public enum Readiness {
  /** At once. */
  READY,
  /** It has a connection, but the message would have to wait. */
  BUSY,
  /** It has no connection; the message would wait until it comes back. */
  AWAY,
  /** Nothing more may wait there. */
  FULL
}
