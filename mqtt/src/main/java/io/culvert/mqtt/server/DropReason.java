package io.culvert.mqtt.server;

/** Why a message did not reach a session that matched. */
public enum DropReason {
  /** QoS 0 for a session without connection. */
  OFFLINE,
  /** QoS 0 while more than the budget waits for a slow reader. */
  OUTBOX_FULL,
  /** QoS 0 while the clients of the node make it hold as much as they may. */
  MEMORY_FULL,
  /** The session's queue holds as many messages or bytes as it may. */
  QUEUE_FULL,
  /** The Message Expiry Interval has passed. */
  EXPIRED,
  /** Larger than the client's Maximum Packet Size [MQTT5-3.1.2-25]. */
  TOO_LARGE,
  /** The client may not receive it. */
  NOT_PERMITTED,
  /** Its record cannot be read any more. */
  DAMAGED,
  /** The session ended while messages waited in it. */
  SESSION_ENDED
}
