package io.culvert.mqtt.client;

import io.culvert.mqtt.wire.ReasonCode;

/** Why the client does not send what it was asked to send. Nothing has changed then. */
public enum Refusal {
  /** There is no connection, or CONNACK has not come. */
  NOT_CONNECTED(ReasonCode.UNSPECIFIED_ERROR),
  /** The window and the queue behind it are full: wait for acknowledgements. */
  QUEUE_FULL(ReasonCode.QUOTA_EXCEEDED),
  /** All 65 535 packet identifiers are in use. */
  NO_PACKET_IDENTIFIER(ReasonCode.QUOTA_EXCEEDED),
  /** The packet is larger than the server takes. */
  PACKET_TOO_LARGE(ReasonCode.PACKET_TOO_LARGE),
  /** The server does not take this QoS. */
  QOS_NOT_SUPPORTED(ReasonCode.QOS_NOT_SUPPORTED),
  /** The server takes no retained messages. */
  RETAIN_NOT_SUPPORTED(ReasonCode.RETAIN_NOT_SUPPORTED),
  /** The server takes no wildcards. */
  WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED(ReasonCode.WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED),
  /** The server has no shared subscriptions. */
  SHARED_SUBSCRIPTIONS_NOT_SUPPORTED(ReasonCode.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED),
  /** The server, or the protocol version, has no subscription identifiers. */
  SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED(ReasonCode.SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED),
  /** There is no subscription with this filter. */
  NO_SUBSCRIPTION(ReasonCode.NO_SUBSCRIPTION_EXISTED),
  /** CONNECT had no Authentication Method. */
  NO_AUTHENTICATION_METHOD(ReasonCode.BAD_AUTHENTICATION_METHOD),
  /** The message's expiry came before its turn. */
  EXPIRED(ReasonCode.UNSPECIFIED_ERROR);

  private final ReasonCode reasonCode;

  Refusal(ReasonCode reasonCode) {
    this.reasonCode = reasonCode;
  }

  /** The reason code that says the same, as nearly as one does. */
  public ReasonCode reasonCode() {
    return reasonCode;
  }
}
