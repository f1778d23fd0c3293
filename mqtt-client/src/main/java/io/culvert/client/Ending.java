package io.culvert.client;

import io.culvert.mqtt.client.ClientEvent;
import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.UserProperty;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What the end of a connection means for the client. Pure. */
final class Ending {
  private static final String RETRY_AFTER = "retry-after-ms";

  private Ending() {}

  /** Why a connection to this address, or an attempt, has ended. */
  static MqttClientException cause(
      ClientEvent.Disconnected event, ServerAddress address, boolean wasConnected) {
    String at = address.toString();
    MqttViolation violation = event.violation();
    MqttClientFailure kind =
        wasConnected ? MqttClientFailure.CONNECTION_LOST : MqttClientFailure.CONNECT_FAILED;
    return switch (event.cause()) {
      case REFUSED ->
          MqttClientException.said(
              MqttClientFailure.CONNECT_REFUSED,
              at + " has refused the client",
              event.reasonCode(),
              event.properties());
      case SERVER_DISCONNECT ->
          MqttClientException.said(
              kind, at + " has ended the connection", event.reasonCode(), event.properties());
      case VIOLATION ->
          new MqttClientException(
              kind,
              event.reasonCode(),
              Properties.EMPTY,
              at + " broke the protocol" + (violation == null ? "" : ": " + violation.getMessage()),
              violation);
      case CONNECT_TIMEOUT ->
          MqttClientException.of(kind, at + " has not answered CONNECT in time");
      case AUTHENTICATION_TIMEOUT ->
          MqttClientException.of(kind, at + " has not answered AUTH in time");
      case PING_TIMEOUT -> MqttClientException.of(kind, at + " has not answered PINGREQ in time");
      case CONNECTION_LOST -> MqttClientException.of(kind, at + " has closed the connection");
      case REQUESTED -> MqttClientException.of(kind, "the connection was ended");
    };
  }

  /** A failure in words for people. Of TLS only the first cause says what was wrong. */
  static String reason(Throwable failure) {
    Throwable told = failure;
    while (failure instanceof SSLException && told.getCause() != null) {
      told = told.getCause();
    }
    String message = told.getMessage();
    if (told instanceof CertificateExpiredException) {
      return "its certificate has expired: " + message;
    }
    if (told instanceof CertificateNotYetValidException) {
      return "its certificate is not valid yet: " + message;
    }
    return message == null ? told.getClass().getSimpleName() : message;
  }

  /** What a person must change first is not tried again. */
  static boolean isWorthRetrying(MqttClientException cause) {
    ReasonCode code = cause.reasonCode();
    if (cause.failure() == MqttClientFailure.AUTHENTICATION_FAILED) {
      return false;
    }
    if (code == null || cause.failure() != MqttClientFailure.CONNECT_REFUSED) {
      return true;
    }
    return switch (code) {
      case SERVER_UNAVAILABLE,
          SERVER_BUSY,
          USE_ANOTHER_SERVER,
          SERVER_MOVED,
          QUOTA_EXCEEDED,
          CONNECTION_RATE_EXCEEDED,
          UNSPECIFIED_ERROR,
          IMPLEMENTATION_SPECIFIC_ERROR ->
          true;
      default -> false;
    };
  }

  /** Where the server sends the client, or null. */
  static @Nullable ServerAddress reference(
      MqttClientException cause, Properties properties, ServerAddress from) {
    String text = properties.text(Property.SERVER_REFERENCE);
    ReasonCode code = cause.reasonCode();
    if (text == null
        || (code != ReasonCode.USE_ANOTHER_SERVER && code != ReasonCode.SERVER_MOVED)) {
      return null;
    }
    try {
      return from.referred(text);
    } catch (IllegalArgumentException e) {
      MqttClient.LOG.warn("{} refers to another server: {}", from, e.getMessage());
      return null;
    }
  }

  /** How long the server asks to be left alone, or -1. */
  static long retryAfterMillis(Properties properties) {
    for (UserProperty pair : properties.userProperties()) {
      if (pair.name().equals(RETRY_AFTER) && pair.value().matches("[0-9]{1,12}")) {
        return Long.parseLong(pair.value());
      }
    }
    return -1;
  }
}
