package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.Auth;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.PingReq;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Statement;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Enhanced authentication before CONNACK, with a method that the test decides on by itself. */
class AuthenticationTest {
  private final BrokerHarness harness = BrokerHarness.create();

  @Test
  @Normative({MQTT5_4_12_0_2, MQTT5_4_12_0_3, MQTT5_4_12_0_5})
  @Scenario(124)
  void exchangeGoesOnUntilConnAck() {
    TestClient client = requested();
    assertThat(client.events()).last().isEqualTo(requestedEvent(client, "one"));
    assertThat(client.takeAll()).isEmpty();

    decide(client, () -> client.server.continueAuth(Bytes.utf8("two")));
    assertThat(client.take(Auth.class))
        .isEqualTo(auth(ReasonCode.CONTINUE_AUTHENTICATION, "M", "two"));
    client.send(auth(ReasonCode.CONTINUE_AUTHENTICATION, "M", "three"));
    assertThat(client.events())
        .last()
        .isEqualTo(new ServerEvent.AuthContinued(Bytes.utf8("three")));
    assertThat(client.server.userName()).isNull();

    accept(client, "ann", Bytes.utf8("four"));
    ConnAck connAck = client.take(ConnAck.class);
    assertThat(connAck.reasonCode()).isEqualTo(ReasonCode.SUCCESS);
    assertThat(connAck.properties().text(Property.AUTHENTICATION_METHOD)).isEqualTo("M");
    assertThat(connAck.properties().binary(Property.AUTHENTICATION_DATA))
        .isEqualTo(Bytes.utf8("four"));
    assertThat(client.server.userName()).isEqualTo("ann");
    assertThat(harness.session("c").userName()).isEqualTo("ann");
  }

  @Test
  @Normative(MQTT5_4_12_0_5)
  void methodIsNamedAlsoWithoutData() {
    TestClient client = requested();
    decide(client, () -> client.server.continueAuth(null));
    assertThat(client.take(Auth.class))
        .isEqualTo(auth(ReasonCode.CONTINUE_AUTHENTICATION, "M", null));
    client.send(auth(ReasonCode.CONTINUE_AUTHENTICATION, "M", null));
    assertThat(client.events()).last().isEqualTo(new ServerEvent.AuthContinued(null));
    accept(client, "ann", null);
    Properties properties = client.take(ConnAck.class).properties();
    assertThat(properties.text(Property.AUTHENTICATION_METHOD)).isEqualTo("M");
    assertThat(properties.has(Property.AUTHENTICATION_DATA)).isFalse();
  }

  @Test
  void connectAsksForNoSessionBeforeItIsKnownWhose() {
    TestClient client = requested();
    harness.broker.connect(client.server, Packets.connect("c").build(), harness.clock.nowMillis());
    assertThat(client.takeAll()).isEmpty();
    assertThat(harness.broker.sessionCount()).isZero();
  }

  @ParameterizedTest
  @MethodSource("refusals")
  @Normative({MQTT5_4_12_0_1, MQTT5_4_12_0_4})
  void refusalClosesWithConnAck(ReasonCode reasonCode) {
    TestClient client = requested();
    decide(client, () -> client.server.rejectAuth(reasonCode, "because"));
    ConnAck connAck = client.take(ConnAck.class);
    assertThat(connAck.reasonCode()).isEqualTo(reasonCode);
    assertThat(connAck.properties().text(Property.REASON_STRING)).isEqualTo("because");
    assertThat(connAck.properties().has(Property.AUTHENTICATION_METHOD)).isFalse();
    assertThat(client.isClosed()).isTrue();
    assertThat(client.end().cause()).isEqualTo(DisconnectCause.REFUSED);
  }

  static Stream<ReasonCode> refusals() {
    return Stream.of(
        ReasonCode.NOT_AUTHORIZED,
        ReasonCode.BAD_AUTHENTICATION_METHOD,
        ReasonCode.BAD_USERNAME_OR_PASSWORD,
        ReasonCode.SERVER_BUSY);
  }

  @ParameterizedTest
  @MethodSource("violations")
  @Normative({MQTT5_4_12_0_3, MQTT5_4_12_0_5, MQTT5_3_1_2_30, MQTT5_4_12_1_1})
  void whatIsNoAnswerToAChallengeIsAViolation(MqttPacket packet, @Nullable Statement statement) {
    TestClient client = challenged();
    client.send(packet);
    assertThat(client.take(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.PROTOCOL_ERROR);
    assertThat(client.isClosed()).isTrue();
    assertThat(violated(client)).isEqualTo(statement);
  }

  static Stream<Arguments> violations() {
    ReasonCode next = ReasonCode.CONTINUE_AUTHENTICATION;
    return Stream.of(
        Arguments.of(auth(ReasonCode.SUCCESS, "M", "x"), MQTT5_4_12_0_3),
        Arguments.of(auth(ReasonCode.REAUTHENTICATE, "M", "x"), MQTT5_4_12_0_3),
        Arguments.of(auth(next, "N", "x"), MQTT5_4_12_0_5),
        Arguments.of(auth(ReasonCode.REAUTHENTICATE, "N", "x"), MQTT5_4_12_1_1),
        Arguments.of(new Auth(next, Properties.EMPTY), MQTT5_4_12_0_5),
        Arguments.of(new Auth(next, data("x")), MQTT5_4_12_0_5),
        Arguments.of(new Auth(ReasonCode.SUCCESS, Properties.EMPTY), MQTT5_4_12_0_5),
        Arguments.of(Packets.connect("again").build(), MQTT5_3_1_2_30),
        Arguments.of(Packets.publish("a", "x").build(), MQTT5_3_1_2_30),
        Arguments.of(Packets.subscribe(1, "a", QoS.AT_MOST_ONCE), MQTT5_3_1_2_30),
        Arguments.of(PingReq.INSTANCE, MQTT5_3_1_2_30));
  }

  @Test
  void clientMayLeaveInTheMiddle() {
    TestClient client = challenged();
    client.send(new Disconnect(ReasonCode.SUCCESS, Properties.EMPTY));
    assertThat(client.takeAll()).isEmpty();
    assertThat(client.isClosed()).isTrue();
    assertThat(client.end().cause()).isEqualTo(DisconnectCause.CLIENT_DISCONNECT);
  }

  @Test
  void dataWithoutMethodIsRefused() {
    TestClient client = harness.open();
    client.sendHex("1014" + "00044d5154540502" + "0000" + "06" + "1600036f6e65" + "000163");
    assertThat(client.take(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.PROTOCOL_ERROR);
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  @Normative(MQTT5_3_1_0_1)
  void authBeforeConnectClosesSilently() {
    TestClient client = harness.open().send(auth(ReasonCode.CONTINUE_AUTHENTICATION, "M", "one"));
    assertThat(client.takeAll()).isEmpty();
    assertThat(client.isClosed()).isTrue();
    assertThat(violated(client)).isEqualTo(MQTT5_3_1_0_1);
  }

  @Test
  void roundsAreBounded() {
    TestClient client = requested();
    int rounds = 0;
    while (!client.isClosed() && rounds < 4097) {
      decide(client, () -> client.server.continueAuth(Bytes.utf8("ping")));
      client.send(auth(ReasonCode.CONTINUE_AUTHENTICATION, "M", "pong"));
      rounds++;
    }
    assertThat(rounds).isEqualTo(Authentication.ROUNDS + 1);
    assertThat(client.takeAll())
        .hasSize(rounds + 1)
        .last()
        .isInstanceOfSatisfying(
            ConnAck.class,
            connAck -> assertThat(connAck.reasonCode()).isEqualTo(ReasonCode.NOT_AUTHORIZED));
  }

  @Test
  void roundsGiveNoMoreTime() {
    TestClient client = requested();
    harness.advance(6_000);
    decide(client, () -> client.server.continueAuth(null));
    client.send(auth(ReasonCode.CONTINUE_AUTHENTICATION, "M", "x"));
    decide(client, () -> client.server.continueAuth(null));
    harness.advance(3_999);
    assertThat(client.isClosed()).isFalse();
    client.takeAll();
    harness.advance(1);
    assertThat(client.take(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
    assertThat(client.isClosed()).isTrue();
    assertThat(client.end().cause()).isEqualTo(DisconnectCause.CONNECT_TIMEOUT);
  }

  @Test
  void decisionThatDoesNotComeEndsIt() {
    TestClient client = requested();
    harness.advance(10_000);
    assertThat(client.take(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.SERVER_BUSY);
    assertThat(client.isClosed()).isTrue();

    accept(client, "ann", null);
    client.server.continueAuth(null);
    client.server.rejectAuth(ReasonCode.NOT_AUTHORIZED, "late");
    client.link.runUntilIdle();
    assertThat(client.takeAll()).isEmpty();
    assertThat(harness.broker.sessionCount()).isZero();
  }

  @Test
  void decisionForAClientThatIsGoneIsHarmless() {
    TestClient client = requested();
    client.lose();
    accept(client, "ann", Bytes.utf8("x"));
    client.server.continueAuth(null);
    client.server.rejectAuth(ReasonCode.NOT_AUTHORIZED, "late");
    assertThat(harness.broker.sessionCount()).isZero();
  }

  @Test
  void secondDecisionMeansNothing() {
    TestClient client = challenged();
    client.server.acceptAuth("mallory", null);
    client.server.continueAuth(null);
    client.server.rejectAuth(ReasonCode.BANNED, "out of turn");
    client.link.runUntilIdle();
    assertThat(client.server.userName()).isNull();
    assertThat(client.take(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.BANNED);
  }

  @Test
  @Normative({MQTT5_3_15_2_2, MQTT5_3_15_2_3, MQTT5_3_1_2_24})
  void challengeAboveTheClientsSizeIsRefused() {
    harness.hold();
    TestClient client =
        harness
            .open()
            .send(
                Packets.connect("c")
                    .with(Property.MAXIMUM_PACKET_SIZE, 20)
                    .with(Property.AUTHENTICATION_METHOD, "M")
                    .build());
    decide(client, () -> client.server.continueAuth(Bytes.utf8("x".repeat(20))));
    assertThat(client.take(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.PACKET_TOO_LARGE);
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  @Normative(MQTT5_3_1_2_24)
  void connAckWithItsDataAboveTheClientsSizeIsRefused() {
    harness.hold();
    TestClient client =
        harness
            .open()
            .send(
                Packets.connect("c")
                    .with(Property.MAXIMUM_PACKET_SIZE, 40)
                    .with(Property.AUTHENTICATION_METHOD, "M")
                    .build());
    accept(client, "ann", Bytes.utf8("x".repeat(40)));
    assertThat(client.take(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.PACKET_TOO_LARGE);
    assertThat(harness.broker.sessionCount()).isZero();
  }

  @Test
  void strangerCannotMakeUsHoldALargePacket() {
    BrokerHarness large =
        BrokerHarness.create(limits -> limits.maximumPacketSizeBytes(64 * 1024 * 1024));
    large.hold();
    TestClient client = large.open().send(connect());
    decide(client, () -> client.server.continueAuth(null));
    client.takeAll();
    client.sendHex("f0ffff3f"); // 1 MiB to come
    assertThat(client.take(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.PACKET_TOO_LARGE);
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void whatCameBehindConnectWaits() {
    harness.hold();
    TestClient client = harness.open().send(connect(), Packets.publish("a", "x").build());
    assertThat(client.isClosed()).isFalse();
    decide(client, () -> client.server.continueAuth(null));
    assertThat(client.takeFirst(Auth.class)).isNotNull();
    assertThat(client.take(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.PROTOCOL_ERROR);
  }

  private TestClient requested() {
    harness.hold();
    return harness.open().send(connect());
  }

  private TestClient challenged() {
    TestClient client = requested();
    decide(client, () -> client.server.continueAuth(null));
    client.take(Auth.class);
    return client;
  }

  private void accept(TestClient client, String userName, @Nullable Bytes data) {
    decide(
        client,
        () -> {
          client.server.acceptAuth(userName, data);
          harness.broker.connect(
              client.server, Packets.connect("c").build(), harness.clock.nowMillis());
        });
  }

  private static void decide(TestClient client, Runnable decision) {
    decision.run();
    client.link.runUntilIdle();
  }

  private static ServerEvent requestedEvent(TestClient client, String data) {
    ServerEvent.AuthRequested event = (ServerEvent.AuthRequested) client.events().get(0);
    return new ServerEvent.AuthRequested(event.connect(), "M", Bytes.utf8(data));
  }

  private static Connect connect() {
    return Packets.connect("c")
        .with(Property.AUTHENTICATION_METHOD, "M")
        .with(Property.AUTHENTICATION_DATA, Bytes.utf8("one"))
        .build();
  }

  static Auth auth(ReasonCode reasonCode, String method, @Nullable String data) {
    Properties.Builder properties =
        Properties.builder().put(Property.AUTHENTICATION_METHOD, method);
    return new Auth(
        reasonCode, data == null ? properties.build() : properties.putAll(data(data)).build());
  }

  private static Properties data(String text) {
    return Properties.builder().put(Property.AUTHENTICATION_DATA, Bytes.utf8(text)).build();
  }

  static @Nullable Statement violated(TestClient client) {
    return client.end().violation() == null ? null : client.end().violation().statement();
  }
}
