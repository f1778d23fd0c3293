package io.culvert.mqtt.client;

import io.culvert.mqtt.wire.Auth;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Statement;
import org.jspecify.annotations.Nullable;

/** Enhanced authentication on one connection: the method of CONNECT, and whose turn it is. */
final class Authentication {
  private final @Nullable String method;
  private boolean connected;
  private boolean challenged;
  private boolean renewing;

  Authentication(@Nullable String method) {
    this.method = method;
  }

  @Nullable String method() {
    return method;
  }

  /** A connected client waits for the server's next AUTH. */
  boolean isAwaited() {
    return renewing && !challenged;
  }

  /** CONNACK is good. */
  void onConnAck(ConnAck connAck) {
    String stated = connAck.properties().text(Property.AUTHENTICATION_METHOD);
    if (method == null && stated != null) {
      throw violation(Statement.MQTT5_4_12_0_6, "CONNACK with an Authentication Method");
    }
    if (method != null && !method.equals(stated)) {
      throw violation(Statement.MQTT5_4_12_0_5, "CONNACK with Authentication Method " + stated);
    }
    connected = true;
    challenged = false;
  }

  void onAuth(Auth auth) {
    if (method == null) {
      throw violation(Statement.MQTT5_4_12_0_6, "AUTH without Authentication Method in CONNECT");
    }
    ReasonCode code = auth.reasonCode();
    boolean bare = code == ReasonCode.SUCCESS && auth.properties().isEmpty();
    String stated = auth.properties().text(Property.AUTHENTICATION_METHOD);
    if (!bare && !method.equals(stated)) {
      throw violation(Statement.MQTT5_4_12_0_5, "AUTH with Authentication Method " + stated);
    }
    if (!connected && code != ReasonCode.CONTINUE_AUTHENTICATION) {
      throw violation(Statement.MQTT5_4_12_0_2, "AUTH with " + code + " before CONNACK");
    }
    if (connected && (!renewing || code == ReasonCode.REAUTHENTICATE)) {
      throw violation(null, "AUTH with " + code + " that nobody asked for");
    }
    challenged = code == ReasonCode.CONTINUE_AUTHENTICATION;
    renewing = renewing && challenged;
  }

  /** The AUTH of this side, to be sent now. */
  Auth next(ReasonCode code, Properties properties) {
    if (method == null) {
      throw new RefusedException(Refusal.NO_AUTHENTICATION_METHOD, "AUTH"); // [MQTT5-4.12.0-7]
    }
    boolean answer = code == ReasonCode.CONTINUE_AUTHENTICATION && challenged;
    boolean start = code == ReasonCode.REAUTHENTICATE && connected && !renewing;
    if (!answer && !start) {
      throw new IllegalStateException("AUTH with " + code + " is not our turn"); // [MQTT5-4.12.0-3]
    }
    return new Auth(
        code,
        Properties.builder()
            .put(Property.AUTHENTICATION_METHOD, method) // [MQTT5-4.12.1-1]
            .putAll(properties.without(Property.AUTHENTICATION_METHOD))
            .build());
  }

  /** What {@link #next} returned is on its way. */
  void sent(Auth auth) {
    challenged = false;
    renewing = renewing || auth.reasonCode() == ReasonCode.REAUTHENTICATE;
  }

  private static MqttViolation violation(@Nullable Statement statement, String detail) {
    return new MqttViolation(ReasonCode.PROTOCOL_ERROR, statement, detail);
  }
}
