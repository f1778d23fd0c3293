package io.culvert.client;

import io.culvert.mqtt.client.RefusedException;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * What every failed {@code Future} of the client fails with, and what every method of {@link
 * BlockingMqttClient} throws. Stackless: it comes from the network, not from a line of code.
 */
public final class MqttClientException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final MqttClientFailure failure;
  private final @Nullable ReasonCode reasonCode;
  private final transient Properties properties;

  MqttClientException(
      MqttClientFailure failure,
      @Nullable ReasonCode reasonCode,
      Properties properties,
      String text,
      @Nullable Throwable cause) {
    super(text, cause, false, false);
    this.failure = failure;
    this.reasonCode = reasonCode;
    this.properties = properties;
  }

  static MqttClientException of(MqttClientFailure failure, String text) {
    return new MqttClientException(failure, null, Properties.EMPTY, text, null);
  }

  static MqttClientException of(MqttClientFailure failure, String text, Throwable cause) {
    return new MqttClientException(failure, null, Properties.EMPTY, text, cause);
  }

  /** What the server has said, in its words if it has used some. */
  static MqttClientException said(
      MqttClientFailure failure, String what, ReasonCode code, Properties properties) {
    String words = properties.text(Property.REASON_STRING);
    String text = String.format("%s: 0x%02X %s", what, code.value(), code);
    return new MqttClientException(
        failure, code, properties, words == null ? text : text + ", " + words, null);
  }

  /** What the protocol core does not send. */
  static MqttClientException refused(RefusedException refused) {
    String text = refused.refusal() + ": " + refused.getMessage();
    return new MqttClientException(
        switch (refused.refusal()) {
          case NOT_CONNECTED -> MqttClientFailure.NOT_CONNECTED;
          case QUEUE_FULL, NO_PACKET_IDENTIFIER -> MqttClientFailure.QUEUE_FULL;
          case EXPIRED -> MqttClientFailure.MESSAGE_EXPIRED;
          case PACKET_TOO_LARGE,
              QOS_NOT_SUPPORTED,
              RETAIN_NOT_SUPPORTED,
              WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED,
              SHARED_SUBSCRIPTIONS_NOT_SUPPORTED,
              SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED,
              NO_SUBSCRIPTION,
              NO_AUTHENTICATION_METHOD ->
              MqttClientFailure.NOT_SUPPORTED;
        },
        refused.refusal().reasonCode(),
        Properties.EMPTY,
        text,
        refused);
  }

  /** Which kind of failure it is. */
  public MqttClientFailure failure() {
    return failure;
  }

  /** What the server has said, or would say; null where it was not asked. */
  public @Nullable ReasonCode reasonCode() {
    return reasonCode;
  }

  /** The properties of the server's packet; empty where there was none, and before MQTT 5. */
  public Properties properties() {
    return properties;
  }
}
