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
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.PingReq;
import io.culvert.mqtt.wire.PingResp;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.SubAck;
import io.culvert.mqtt.wire.Wire;
import java.util.EnumSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ConnectTest {
  private final BrokerHarness harness = BrokerHarness.create();

  @ParameterizedTest
  @EnumSource
  @Normative({
    MQTT5_3_1_4_5,
    MQTT5_3_2_0_1,
    MQTT5_3_2_0_2,
    MQTT5_3_2_2_1,
    MQTT3_3_1_4_4,
    MQTT3_3_2_0_1
  })
  @Scenario({81, 86})
  void acceptedConnectIsAnsweredByOneConnAck(MqttVersion version) {
    TestClient client = harness.open();
    assertThat(client.server.isConnected()).isFalse();
    ConnAck connAck = client.connect(Packets.connect("c").version(version).build());
    assertThat(connAck.sessionPresent()).isFalse();
    assertThat(client.server.isConnected()).isTrue();
    assertThat(client.server.version()).isEqualTo(version);
    assertThat(client.isClosed()).isFalse();
  }

  static Stream<MqttPacket> otherThanConnect() {
    return Stream.of(
        PingReq.INSTANCE,
        PingResp.INSTANCE,
        new Disconnect(ReasonCode.SUCCESS, Properties.EMPTY),
        new Auth(ReasonCode.REAUTHENTICATE, Properties.EMPTY),
        Packets.publish("a", "x").build(),
        Packets.publish(1, "a", "x", QoS.EXACTLY_ONCE),
        Packets.pubAck(1),
        Packets.pubRec(1),
        Packets.pubRel(1),
        Packets.pubComp(1),
        Packets.subscribe(1, "a", QoS.AT_MOST_ONCE),
        Packets.unsubscribe(1, "a"),
        new ConnAck(false, ReasonCode.SUCCESS, Properties.EMPTY));
  }

  @ParameterizedTest
  @MethodSource("otherThanConnect")
  @Normative({MQTT5_3_1_0_1, MQTT5_3_14_0_1})
  @Scenario(82)
  void firstPacketOtherThanConnectClosesSilently(MqttPacket packet) {
    TestClient client = harness.open().send(packet);
    assertThat(client.takeAll()).isEmpty();
    assertThat(client.isClosed()).isTrue();
    assertThat(client.end().cause()).isEqualTo(DisconnectCause.VIOLATION);
    assertThat(client.end().violation().statement()).isEqualTo(MQTT5_3_1_0_1);
    assertThat(harness.broker.counters().violations().sum()).isEqualTo(1);
    assertThat(harness.broker.sessionCount()).isZero();
  }

  @Test
  @Normative({MQTT5_3_1_0_2, MQTT5_4_13_1_1})
  @Scenario(83)
  void secondConnectIsAProtocolError() {
    TestClient client = harness.connect("c").send(Packets.connect("c").build());
    assertThat(client.take(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.PROTOCOL_ERROR);
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  @Normative(MQTT5_3_1_0_2)
  void secondConnectOfAnotherVersionIsAProtocolError() {
    TestClient unknown = harness.connect("c").sendHex("100d00044d5154540702003c000163");
    assertThat(unknown.take(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.PROTOCOL_ERROR);
    TestClient older = harness.connect("d");
    older.send(
        Wire.encode(
            Packets.connect("d").version(MqttVersion.MQTT_3_1_1).build(), MqttVersion.MQTT_3_1_1));
    assertThat(older.take(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.PROTOCOL_ERROR);
    assertThat(older.isClosed()).isTrue();
    assertThat(older.end().violation())
        .isNotNull()
        .satisfies(violation -> assertThat(violation.statement()).isEqualTo(MQTT5_3_1_0_2));
  }

  @Test
  @Normative(MQTT3_3_1_0_2)
  void secondConnectBeforeMqtt5Closes() {
    Connect connect = Packets.connect("c").version(MqttVersion.MQTT_3_1_1).build();
    TestClient client = harness.connect(connect).send(connect);
    assertThat(client.takeAll()).isEmpty();
    assertThat(client.isClosed()).isTrue();
    assertThat(client.end().violation())
        .isNotNull()
        .satisfies(violation -> assertThat(violation.statement()).isEqualTo(MQTT3_3_1_0_2));
  }

  @Test
  @Scenario(84)
  void packetsBehindConnectAreProcessedAfterAcceptance() {
    harness.hold();
    TestClient client =
        harness
            .open()
            .send(
                Packets.connect("c").build(),
                Packets.subscribe(7, "a", QoS.AT_LEAST_ONCE),
                Packets.publish(8, "b", "x", QoS.AT_LEAST_ONCE),
                PingReq.INSTANCE);
    assertThat(client.takeAll()).isEmpty();
    assertThat(client.server.awaitsDecision()).isTrue();
    harness.release();
    assertThat(client.takeAll())
        .hasExactlyElementsOfTypes(ConnAck.class, SubAck.class, PubAck.class, PingResp.class);
  }

  @Test
  @Normative({MQTT5_3_1_4_6, MQTT5_3_1_4_2, MQTT5_3_2_2_7, MQTT5_3_2_2_6, MQTT5_4_13_2_1})
  @Scenario(84)
  void packetsBehindConnectAreDroppedAfterRefusal() {
    harness.hold();
    TestClient subscriber = harness.open();
    TestClient client =
        harness
            .open()
            .send(
                Packets.connect("c").build(),
                Packets.subscribe(7, "a", QoS.AT_LEAST_ONCE),
                Packets.publish("b", "x").retain().build());
    client.server.rejectConnect(ReasonCode.NOT_AUTHORIZED);
    client.link.runUntilIdle();
    ConnAck connAck = client.take(ConnAck.class);
    assertThat(connAck.reasonCode()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
    assertThat(connAck.sessionPresent()).isFalse();
    assertThat(client.isClosed()).isTrue();
    assertThat(client.end().cause()).isEqualTo(DisconnectCause.REFUSED);
    harness.release(); // the decision comes too late
    assertThat(client.takeAll()).isEmpty();
    assertThat(harness.broker.sessionCount()).isZero();
    assertThat(harness.broker.subscriptionCount()).isZero();
    assertThat(harness.broker.retainedCount()).isZero();
    assertThat(subscriber.isClosed()).isFalse();
  }

  @Test
  @Normative({MQTT3_3_1_4_5, MQTT3_3_2_2_4, MQTT3_3_2_2_5})
  void refusalBeforeMqtt5HasAReturnCode() {
    harness.hold();
    TestClient client =
        harness.open().send(Packets.connect("c").version(MqttVersion.MQTT_3_1_1).build());
    client.server.rejectConnect(ReasonCode.BAD_USERNAME_OR_PASSWORD);
    client.link.runUntilIdle();
    assertThat(client.take(ConnAck.class))
        .isEqualTo(new ConnAck(false, ReasonCode.BAD_USERNAME_OR_PASSWORD, Properties.EMPTY));
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  @Scenario(85)
  void noConnectInTimeCloses() {
    TestClient silent = harness.open();
    TestClient slow = harness.open().sendHex("10 10 0004");
    harness.advance(harness.limits.connectTimeoutMillis() - 1);
    assertThat(silent.isClosed()).isFalse();
    assertThat(slow.isClosed()).isFalse();
    harness.advance(1);
    assertThat(silent.isClosed()).isTrue();
    assertThat(slow.isClosed()).isTrue();
    assertThat(slow.takeAll()).isEmpty();
    assertThat(silent.end().cause()).isEqualTo(DisconnectCause.CONNECT_TIMEOUT);
  }

  @Test
  void connectInTimeIsEnough() {
    TestClient client = harness.open();
    harness.advance(harness.limits.connectTimeoutMillis() - 1);
    client.connect(Packets.connect("c").build());
    harness.advanceSeconds(24 * 3600);
    assertThat(client.isClosed()).isFalse();
  }

  @Test
  @Normative({MQTT5_3_1_2_2, MQTT5_3_1_2_1})
  @Scenario(86)
  void unknownVersionIsRefusedInTheNewestLayout() {
    TestClient level7 = harness.open().sendHex("100d00044d5154540702003c000163");
    assertThat(level7.take(ConnAck.class).reasonCode())
        .isEqualTo(ReasonCode.UNSUPPORTED_PROTOCOL_VERSION);
    assertThat(level7.isClosed()).isTrue();
    TestClient name =
        harness.open().sendHex("100d00044d5154580502003c00000163".replace("0d", "0e"));
    assertThat(name.take(ConnAck.class).reasonCode())
        .isEqualTo(ReasonCode.UNSUPPORTED_PROTOCOL_VERSION);
    assertThat(name.isClosed()).isTrue();
  }

  @Test
  @Normative({MQTT3_3_1_2_2, MQTT5_3_1_2_2})
  @Scenario(86)
  void knownVersionThatIsNotSpokenIsRefusedInItsOwnLayout() {
    BrokerHarness onlyFive =
        BrokerHarness.create(limits -> limits.versions(EnumSet.of(MqttVersion.MQTT_5)));
    TestClient older =
        onlyFive.open().send(Packets.connect("c").version(MqttVersion.MQTT_3_1_1).build());
    assertThat(older.take(ConnAck.class).reasonCode())
        .isEqualTo(ReasonCode.UNSUPPORTED_PROTOCOL_VERSION);
    assertThat(older.isClosed()).isTrue();
    BrokerHarness onlyOlder =
        BrokerHarness.create(limits -> limits.versions(EnumSet.of(MqttVersion.MQTT_3_1_1)));
    TestClient five =
        onlyOlder
            .open()
            .send(Packets.connect("c").build())
            .speaks(MqttVersion.MQTT_3_1_1); // all that this server can say
    assertThat(five.take(ConnAck.class).reasonCode())
        .isEqualTo(ReasonCode.UNSUPPORTED_PROTOCOL_VERSION);
    assertThat(five.isClosed()).isTrue();
  }

  @Test
  @Normative({MQTT5_3_1_4_1, MQTT5_3_14_0_1})
  void malformedConnectIsAnsweredByConnAckAndNeverByDisconnect() {
    TestClient client =
        harness.open().sendHex("100d00044d5154540503003c00000163".replace("0d", "0e"));
    assertThat(client.take(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.MALFORMED_PACKET);
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  @Normative({MQTT3_3_1_4_1, MQTT3_3_2_2_6, MQTT3_3_1_2_3})
  void malformedConnectBeforeMqtt5ClosesSilently() {
    TestClient client = harness.open().sendHex("100d00044d5154540403003c000163");
    assertThat(client.takeAll()).isEmpty();
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  @Normative(MQTT5_4_12_0_1)
  void unknownAuthenticationMethodIsRefused() {
    TestClient client =
        harness
            .open()
            .send(Packets.connect("c").with(Property.AUTHENTICATION_METHOD, "MAGIC").build());
    assertThat(client.take(ConnAck.class).reasonCode())
        .isEqualTo(ReasonCode.BAD_AUTHENTICATION_METHOD);
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void willResponseTopicWithWildcardIsRefused() {
    Bytes connect = Bytes.hex("101b00044d5154540506000000000163060800032f2b2f00017400" + "0178");
    TestClient client = harness.open().send(connect);
    assertThat(client.take(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.PROTOCOL_ERROR);
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  @Normative(MQTT5_3_14_0_1)
  void nothingIsSaidToAStrangerWhoDoesNotSpeakMqtt() {
    TestClient browser = harness.open().sendHex("474554202f20485454502f312e31");
    assertThat(browser.takeAll()).isEmpty();
    assertThat(browser.isClosed()).isTrue();
  }
}
