package io.culvert.mqtt.client;

import static io.culvert.mqtt.wire.Statement.MQTT5_3_15_2_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_15_2_3;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_1_2_30;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_12_0_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_12_0_3;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_12_0_5;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_12_0_6;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_12_0_7;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_12_1_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_12_1_2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.Auth;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Statement;
import org.junit.jupiter.api.Test;

class AuthTest {
  @Test
  @Normative({MQTT5_4_12_0_3, MQTT5_3_1_2_30})
  @Scenario(74)
  void challengesAreAnsweredUntilConnAck() {
    ScriptedServer server = connecting();
    Connect connect = server.sent(Connect.class);
    assertThat(connect.properties().text(Property.AUTHENTICATION_METHOD)).isEqualTo("M");
    assertThat(connect.properties().binary(Property.AUTHENTICATION_DATA)).isEqualTo(data("1"));
    assertThat(server.client.authenticationMethod()).isEqualTo("M");

    server.sends(new Auth(ReasonCode.CONTINUE_AUTHENTICATION, method("M", "2")));
    assertThat(server.event(ClientEvent.AuthReceived.class))
        .isEqualTo(
            new ClientEvent.AuthReceived(ReasonCode.CONTINUE_AUTHENTICATION, method("M", "2")));
    assertThat(server.client.state()).isEqualTo(ClientState.CONNECTING);

    server.client.auth(ReasonCode.CONTINUE_AUTHENTICATION, onlyData("3"), server.now);
    assertThat(server.sent())
        .containsExactly(new Auth(ReasonCode.CONTINUE_AUTHENTICATION, method("M", "3")));

    server.accept(false, method("M", "4"));
    assertThat(server.event(ClientEvent.Connected.class).properties()).isEqualTo(method("M", "4"));
  }

  @Test
  @Normative(MQTT5_4_12_1_1)
  @Scenario(74)
  void reauthenticationRunsOnAnOpenConnection() {
    ScriptedServer server = connecting().accept(false, method("M", "ok"));
    server.sent();
    server.events();

    server.client.auth(ReasonCode.REAUTHENTICATE, onlyData("a"), server.now);
    assertThat(server.sent())
        .containsExactly(new Auth(ReasonCode.REAUTHENTICATE, method("M", "a")));
    server.sends(new Auth(ReasonCode.CONTINUE_AUTHENTICATION, method("M", "b")));
    server.client.auth(ReasonCode.CONTINUE_AUTHENTICATION, onlyData("c"), server.now);
    server.sends(new Auth(ReasonCode.SUCCESS, method("M", "d")));

    assertThat(server.events())
        .containsExactly(
            new ClientEvent.AuthReceived(ReasonCode.CONTINUE_AUTHENTICATION, method("M", "b")),
            new ClientEvent.AuthReceived(ReasonCode.SUCCESS, method("M", "d")));
    assertThat(server.client.state()).isEqualTo(ClientState.CONNECTED);
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                server.client.auth(
                    ReasonCode.CONTINUE_AUTHENTICATION, Properties.EMPTY, server.now));
  }

  @Test
  @Normative(MQTT5_4_12_1_2)
  void failedReauthenticationEndsTheConnection() {
    ScriptedServer server = connecting().accept(false, method("M", "ok"));
    server.client.auth(ReasonCode.REAUTHENTICATE, Properties.EMPTY, server.now);
    server.events();

    server.sends(new Disconnect(ReasonCode.NOT_AUTHORIZED, Properties.EMPTY));

    assertThat(server.event(ClientEvent.Disconnected.class).reasonCode())
        .isEqualTo(ReasonCode.NOT_AUTHORIZED);
    assertThat(server.client.state()).isEqualTo(ClientState.DISCONNECTED);
  }

  @Test
  @Normative({MQTT5_3_15_2_2, MQTT5_3_15_2_3})
  void authAboveTheServersSizeIsRefusedAndChangesNothing() {
    Properties terms = method("M", "ok").with(Property.MAXIMUM_PACKET_SIZE, 12);
    ScriptedServer server = connecting().accept(false, terms);
    server.sent();

    assertThat(
            PublishTest.refusal(
                () ->
                    server.client.auth(
                        ReasonCode.REAUTHENTICATE, onlyData("x".repeat(12)), server.now)))
        .isEqualTo(Refusal.PACKET_TOO_LARGE);
    assertThat(server.sent()).isEmpty();
    server.client.auth(ReasonCode.REAUTHENTICATE, Properties.EMPTY, server.now);
    assertThat(server.sent()).hasSize(1);
  }

  @Test
  void answersOutOfTurnAreOurOwnFault() {
    ScriptedServer server = connecting();

    assertThatIllegalStateException()
        .isThrownBy(
            () -> server.client.auth(ReasonCode.REAUTHENTICATE, Properties.EMPTY, server.now));
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                server.client.auth(
                    ReasonCode.CONTINUE_AUTHENTICATION, Properties.EMPTY, server.now));
  }

  @Test
  @Normative(MQTT5_4_12_0_7)
  void withoutMethodThereIsNoAuth() {
    ScriptedServer server = ScriptedServer.connected();

    assertThat(
            PublishTest.refusal(
                () -> server.client.auth(ReasonCode.REAUTHENTICATE, Properties.EMPTY, server.now)))
        .isEqualTo(Refusal.NO_AUTHENTICATION_METHOD);
    assertThat(server.sent()).isEmpty();
  }

  @Test
  @Normative(MQTT5_4_12_0_6)
  void authOrMethodOfTheServerWithoutOursIsAViolation() {
    ScriptedServer auth =
        ScriptedServer.connected()
            .sends(new Auth(ReasonCode.CONTINUE_AUTHENTICATION, method("M", "x")));
    ScriptedServer connAck = ScriptedServer.fresh().connect(o -> o).accept(false, method("M", "x"));

    assertThat(ConnectTest.violation(auth)).isEqualTo(Statement.MQTT5_4_12_0_6);
    assertThat(ConnectTest.violation(connAck)).isEqualTo(Statement.MQTT5_4_12_0_6);
  }

  @Test
  @Normative(MQTT5_4_12_0_5)
  @Scenario(74)
  void anotherMethodOfTheServerIsAViolation() {
    ScriptedServer auth =
        connecting().sends(new Auth(ReasonCode.CONTINUE_AUTHENTICATION, method("N", "x")));
    ScriptedServer connAck = connecting().accept(false, method("N", "x"));
    ScriptedServer silent = connecting().accept(false);

    assertThat(ConnectTest.violation(auth)).isEqualTo(Statement.MQTT5_4_12_0_5);
    assertThat(ConnectTest.violation(connAck)).isEqualTo(Statement.MQTT5_4_12_0_5);
    assertThat(ConnectTest.violation(silent)).isEqualTo(Statement.MQTT5_4_12_0_5);
  }

  @Test
  @Normative(MQTT5_4_12_0_2)
  void beforeConnAckTheServerOnlyContinues() {
    ScriptedServer server = connecting().sends(new Auth(ReasonCode.SUCCESS, method("M", "x")));

    assertThat(ConnectTest.violation(server)).isEqualTo(Statement.MQTT5_4_12_0_2);
  }

  @Test
  void authThatNobodyAskedForIsAViolation() {
    ScriptedServer server = connecting().accept(false, method("M", "ok"));
    server.events();

    server.sends(new Auth(ReasonCode.CONTINUE_AUTHENTICATION, method("M", "x")));

    assertThat(server.event(ClientEvent.Disconnected.class).reasonCode())
        .isEqualTo(ReasonCode.PROTOCOL_ERROR);
  }

  @Test
  void authWithoutPropertiesMeansSuccess() {
    ScriptedServer server = connecting().accept(false, method("M", "ok"));
    server.client.auth(ReasonCode.REAUTHENTICATE, Properties.EMPTY, server.now);
    server.events();

    server.sends(Bytes.hex("f000"));

    assertThat(server.event(ClientEvent.AuthReceived.class).reasonCode())
        .isEqualTo(ReasonCode.SUCCESS);
  }

  @Test
  void eachChallengeGivesTheServerTimeAgain() {
    ScriptedServer server = connecting();
    server.timePasses(25_000);
    server.sends(new Auth(ReasonCode.CONTINUE_AUTHENTICATION, method("M", "x")));
    server.client.auth(ReasonCode.CONTINUE_AUTHENTICATION, onlyData("y"), server.now);
    server.events();

    assertThat(server.timePasses(25_000).events()).isEmpty();
    assertThat(server.timePasses(5_000).event(ClientEvent.Disconnected.class).cause())
        .isEqualTo(DisconnectCause.CONNECT_TIMEOUT);
  }

  @Test
  @Normative(MQTT5_4_12_1_2)
  void reauthenticationThatIsNotAnsweredEndsTheConnection() {
    ScriptedServer server = connecting().accept(false, method("M", "ok"));
    server.client.auth(ReasonCode.REAUTHENTICATE, onlyData("a"), server.now);
    server.events();
    server.sent();
    server.timePasses(29_999);
    server.sends(new Auth(ReasonCode.CONTINUE_AUTHENTICATION, method("M", "b")));
    server.events();
    assertThat(server.timePasses(100_000).events()).isEmpty(); // it is our turn

    server.client.auth(ReasonCode.CONTINUE_AUTHENTICATION, onlyData("c"), server.now);
    server.sent();
    assertThat(server.timePasses(29_999).events()).isEmpty();
    ClientEvent.Disconnected end = server.timePasses(1).event(ClientEvent.Disconnected.class);
    assertThat(end.cause()).isEqualTo(DisconnectCause.AUTHENTICATION_TIMEOUT);
    assertThat(server.sent())
        .containsExactly(new Disconnect(ReasonCode.UNSPECIFIED_ERROR, Properties.EMPTY));
  }

  @Test
  @Scenario(74)
  void untilTheServerHasProvedWhoItIsNothingGoesThrough() {
    ScriptedServer before = connecting().accept(false, method("M", "ok"));
    before.publish("a", QoS.AT_LEAST_ONCE);
    ScriptedServer server = before.closes().next();
    proving(server);
    server.accept(true, method("M", "proof"));
    server.sends(ScriptedServer.message("b", QoS.AT_LEAST_ONCE, 1));
    assertThat(server.event(ClientEvent.Connected.class).sessionPresent()).isTrue();
    assertThat(server.sent()).isEmpty();
    assertThat(server.client.awaitsDecision()).isTrue();
    assertThat(server.client.isExchanging()).isFalse();
    assertThat(server.client.terms().sessionPresent()).isTrue();
    assertThat(PublishTest.refusal(() -> server.publish("c", QoS.AT_LEAST_ONCE)))
        .isEqualTo(Refusal.NOT_CONNECTED);

    server.client.trust(server.now);

    assertThat(server.sent(Publish.class).dup()).isTrue();
    assertThat(server.event(ClientEvent.MessageReceived.class).publish().topic()).hasToString("b");
    assertThat(server.sent(PubAck.class).packetId()).isEqualTo(1);
  }

  @Test
  void aServerThatIsNotTrustedInTimeIsLeft() {
    ScriptedServer server = ScriptedServer.fresh();
    proving(server);
    server.accept(false, method("M", "proof"));
    server.events();
    assertThat(server.timePasses(29_999).events()).isEmpty();

    ClientEvent.Disconnected end = server.timePasses(1).event(ClientEvent.Disconnected.class);

    assertThat(end.cause()).isEqualTo(DisconnectCause.AUTHENTICATION_TIMEOUT);
    server.client.trust(server.now);
    assertThat(server.client.isExchanging()).isFalse();
  }

  @Test
  void whatAServerHasSentBeforeItsProofEndsWithItsConnection() {
    ScriptedServer server = ScriptedServer.fresh();
    proving(server);
    server.accept(false, method("M", "proof"));
    server.sends(ScriptedServer.message("b", QoS.AT_LEAST_ONCE, 1));
    server.events();

    server.closes();

    assertThat(server.event(ClientEvent.Disconnected.class).cause())
        .isEqualTo(DisconnectCause.CONNECTION_LOST);
    assertThat(server.sent()).isEmpty();
  }

  private static void proving(ScriptedServer server) {
    server.connect(
        o ->
            o.authentication("M", data("1"))
                .serverProof(true)
                .cleanStart(false)
                .connectTimeoutMillis(30_000));
    server.sent();
  }

  private static ScriptedServer connecting() {
    return ScriptedServer.fresh()
        .connect(o -> o.authentication("M", data("1")).connectTimeoutMillis(30_000));
  }

  private static Properties method(String method, String data) {
    return Properties.builder()
        .put(Property.AUTHENTICATION_METHOD, method)
        .put(Property.AUTHENTICATION_DATA, data(data))
        .build();
  }

  private static Properties onlyData(String data) {
    return Properties.builder().put(Property.AUTHENTICATION_DATA, data(data)).build();
  }

  private static Bytes data(String text) {
    return Bytes.utf8(text);
  }
}
