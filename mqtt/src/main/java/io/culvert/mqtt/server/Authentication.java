package io.culvert.mqtt.server;

import io.culvert.engine.Bytes;
import io.culvert.engine.Engine;
import io.culvert.mqtt.wire.Auth;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Statement;
import org.jspecify.annotations.Nullable;

/**
 * Enhanced authentication of one connection (section 4.12): the method of its CONNECT, whose turn
 * it is, and who the client has proven to be. An exchange is bounded in rounds and in time; what
 * the method's messages mean is the owner's business.
 */
final class Authentication {
  /** AUTH packets of the client in one exchange: no method that we know of needs more than five. */
  static final int ROUNDS = 16;

  private enum Turn {
    /** No exchange goes on. */
    NOBODY,
    /** A decision is awaited. */
    SERVER,
    /** AUTH is awaited. */
    CLIENT
  }

  private final String method;
  private final long timeoutMillis;
  private Turn turn = Turn.NOBODY;
  private int rounds;
  private long deadlineMillis = Engine.NO_DEADLINE;
  private @Nullable String userName;
  private @Nullable Bytes finalData;

  Authentication(String method, long timeoutMillis) {
    this.method = method;
    this.timeoutMillis = timeoutMillis;
  }

  // ---- what arrives

  ServerEvent onConnect(Connect connect, long nowMillis) {
    start(nowMillis);
    return new ServerEvent.AuthRequested(connect, method, data(connect.properties()));
  }

  /**
   * An AUTH of the client.
   *
   * @param connected whether CONNACK has been sent
   */
  ServerEvent onAuth(Auth auth, boolean connected, long nowMillis) {
    ReasonCode code = auth.reasonCode();
    String stated = auth.properties().text(Property.AUTHENTICATION_METHOD);
    if (!method.equals(stated)) {
      boolean again = code == ReasonCode.REAUTHENTICATE;
      throw violation(
          again ? Statement.MQTT5_4_12_1_1 : Statement.MQTT5_4_12_0_5,
          "AUTH with another Authentication Method than CONNECT");
    }
    if (connected && code == ReasonCode.REAUTHENTICATE && turn == Turn.NOBODY) {
      start(nowMillis);
      return new ServerEvent.ReauthRequested(method, data(auth.properties()));
    }
    if (code != ReasonCode.CONTINUE_AUTHENTICATION) {
      throw violation(connected ? null : Statement.MQTT5_4_12_0_3, "AUTH with " + code);
    }
    if (turn != Turn.CLIENT) {
      throw violation(null, "AUTH that continues nothing");
    }
    rounds++;
    if (rounds > ROUNDS) {
      throw new MqttViolation(
          ReasonCode.NOT_AUTHORIZED, null, "more than " + ROUNDS + " rounds of authentication");
    }
    turn = Turn.SERVER;
    return new ServerEvent.AuthContinued(data(auth.properties()));
  }

  // ---- decisions

  /** The AUTH that asks the client for more. */
  Auth challenge(@Nullable Bytes data) {
    turn = Turn.CLIENT;
    return new Auth(
        ReasonCode.CONTINUE_AUTHENTICATION, properties(data)); // [MQTT5-4.12.0-2], [MQTT5-4.12.0-5]
  }

  /** The exchange has ended well; its last data leaves with CONNACK or AUTH. */
  void succeed(String provenName, @Nullable Bytes data) {
    finish();
    userName = provenName;
    finalData = data;
  }

  /** The AUTH that ends a re-authentication. */
  Auth success() {
    return new Auth(ReasonCode.SUCCESS, properties(finalData));
  }

  /** The properties of CONNACK with those that prove the server to the client. */
  Properties addTo(Properties connAck) {
    return Properties.builder().putAll(connAck).putAll(properties(finalData)).build();
  }

  /** The last data is on its way. */
  void sent() {
    finalData = null;
  }

  /** The connection has ended: nothing is decided or awaited any more. */
  void end() {
    finish();
    finalData = null;
  }

  // ---- queries

  /** Who the client has proven to be, or null before it has. */
  @Nullable String userName() {
    return userName;
  }

  boolean isRunning() {
    return turn != Turn.NOBODY;
  }

  boolean awaitsDecision() {
    return turn == Turn.SERVER;
  }

  /** When the exchange must be over. */
  long deadlineMillis() {
    return deadlineMillis;
  }

  private void start(long nowMillis) {
    turn = Turn.SERVER;
    rounds = 0;
    deadlineMillis = nowMillis + timeoutMillis;
  }

  private void finish() {
    turn = Turn.NOBODY;
    deadlineMillis = Engine.NO_DEADLINE;
  }

  private Properties properties(@Nullable Bytes data) {
    Properties.Builder properties =
        Properties.builder().put(Property.AUTHENTICATION_METHOD, method); // [MQTT5-4.12.0-5]
    if (data != null) {
      properties.put(Property.AUTHENTICATION_DATA, data);
    }
    return properties.build();
  }

  private static @Nullable Bytes data(Properties properties) {
    return properties.binary(Property.AUTHENTICATION_DATA);
  }

  private static MqttViolation violation(@Nullable Statement statement, String detail) {
    return new MqttViolation(ReasonCode.PROTOCOL_ERROR, statement, detail);
  }
}
