package io.culvert.runtime.bus;

import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import org.jspecify.annotations.Nullable;

/**
 * Why a request to the broker failed. Codes below 256 are MQTT 5's own reason codes, and mean what
 * PUBACK, SUBACK or DISCONNECT would say; the others are this API's. The text of the failed reply
 * begins with the name.
 */
public enum MqttFailure implements CulvertFailure {
  UNSPECIFIED_ERROR(0x80, false),
  IMPLEMENTATION_SPECIFIC_ERROR(0x83, false),
  NOT_AUTHORIZED(0x87, false),
  TOPIC_FILTER_INVALID(0x8F, false),
  TOPIC_NAME_INVALID(0x90, false),
  PACKET_IDENTIFIER_IN_USE(0x91, true),
  PACKET_TOO_LARGE(0x95, false),
  QUOTA_EXCEEDED(0x97, true),
  PAYLOAD_FORMAT_INVALID(0x99, false),
  RETAIN_NOT_SUPPORTED(0x9A, false),
  QOS_NOT_SUPPORTED(0x9B, false),
  SHARED_SUBSCRIPTIONS_NOT_SUPPORTED(0x9E, false),
  SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED(0xA1, false),
  WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED(0xA2, false),

  /** The body is not what the schema says; the text names the field. */
  BAD_REQUEST(1000, false),

  /** As much as may be outstanding is. */
  BUSY(1001, true),

  /** The broker starts or stops, or the exchange broke off: it may have had its effect. */
  UNAVAILABLE(1002, true),

  /** There is no such subscription, or no more: its lease has ended, or its broker. */
  SUBSCRIPTION_UNKNOWN(1003, false),

  /** A newer subscriber has the session of this subscription. */
  SUBSCRIPTION_TAKEN_OVER(1004, false),

  /** There is no such client, session or message. */
  NOT_FOUND(1005, false),

  /** The cursor of a listing is not known any more: list from the beginning. */
  CURSOR_UNKNOWN(1006, false),

  /** The configuration cannot be used; the text says why, and nothing has changed. */
  BAD_CONFIGURATION(1007, false),

  /** A mistake in the broker, which has logged it. */
  INTERNAL_ERROR(1099, false);

  private final int code;
  private final boolean retryable;

  MqttFailure(int code, boolean retryable) {
    this.code = code;
    this.retryable = retryable;
  }

  /** The failure with this code, or null. */
  public static @Nullable MqttFailure of(int code) {
    for (MqttFailure failure : values()) {
      if (failure.code == code) {
        return failure;
      }
    }
    return null;
  }

  /** What a failed request says, or null where the event bus itself failed: nobody was there. */
  public static @Nullable MqttFailure of(Throwable failed) {
    return failed instanceof ReplyException reply
            && reply.failureType() == ReplyFailure.RECIPIENT_FAILURE
        ? of(reply.failureCode())
        : null;
  }

  @Override
  public int code() {
    return code;
  }

  @Override
  public boolean retryable() {
    return retryable;
  }
}
