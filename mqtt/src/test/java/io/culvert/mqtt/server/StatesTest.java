package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.Auth;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.PingReq;
import io.culvert.mqtt.wire.PingResp;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubComp;
import io.culvert.mqtt.wire.PubRel;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.SubAck;
import io.culvert.mqtt.wire.UnsubAck;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every packet type in every state. */
class StatesTest {
  /** What comes back: packets, and whether the connection is still open. */
  private record Outcome(List<MqttPacket> packets, boolean open) {
    static Outcome of(TestClient client) {
      return new Outcome(client.takeAll(), !client.isClosed());
    }
  }

  private final BrokerHarness harness = BrokerHarness.create();

  static Stream<Arguments> everyPacket() {
    return Stream.of(MqttVersion.MQTT_3_1_1, MqttVersion.MQTT_5)
        .flatMap(
            version ->
                Stream.of(PacketType.values())
                    .filter(type -> version.isMqtt5() || type != PacketType.AUTH)
                    .map(type -> Arguments.of(version, type)));
  }

  private static MqttPacket packet(PacketType type, MqttVersion version) {
    return switch (type) {
      case CONNECT -> Packets.connect("again").version(version).build();
      case CONNACK -> new ConnAck(false, ReasonCode.SUCCESS, Properties.EMPTY);
      case PUBLISH -> Packets.publish("topic", "x").build();
      case PUBACK -> Packets.pubAck(5);
      case PUBREC -> Packets.pubRec(5);
      case PUBREL -> Packets.pubRel(5);
      case PUBCOMP -> Packets.pubComp(5);
      case SUBSCRIBE -> Packets.subscribe(5, "filter", QoS.AT_MOST_ONCE);
      case SUBACK -> new SubAck(5, List.of(ReasonCode.SUCCESS), Properties.EMPTY);
      case UNSUBSCRIBE -> Packets.unsubscribe(5, "filter");
      case UNSUBACK -> new UnsubAck(5, List.of(ReasonCode.SUCCESS), Properties.EMPTY);
      case PINGREQ -> PingReq.INSTANCE;
      case PINGRESP -> PingResp.INSTANCE;
      case DISCONNECT -> new Disconnect(ReasonCode.SUCCESS, Properties.EMPTY);
      case AUTH -> new Auth(ReasonCode.REAUTHENTICATE, Properties.EMPTY);
    };
  }

  private static void assertConnectedOutcome(
      Outcome outcome, PacketType type, MqttVersion version) {
    List<MqttPacket> packets = outcome.packets;
    switch (type) {
      case PUBLISH, PUBACK, PUBCOMP -> assertThat(outcome).isEqualTo(new Outcome(List.of(), true));
      case PUBREC -> {
        assertThat(packets).hasExactlyElementsOfTypes(PubRel.class);
        assertThat(outcome.open).isTrue();
      }
      case PUBREL -> {
        assertThat(packets).hasExactlyElementsOfTypes(PubComp.class);
        assertThat(outcome.open).isTrue();
      }
      case SUBSCRIBE -> {
        assertThat(packets).hasExactlyElementsOfTypes(SubAck.class);
        assertThat(outcome.open).isTrue();
      }
      case UNSUBSCRIBE -> {
        assertThat(packets).hasExactlyElementsOfTypes(UnsubAck.class);
        assertThat(outcome.open).isTrue();
      }
      case PINGREQ -> {
        assertThat(packets).hasExactlyElementsOfTypes(PingResp.class);
        assertThat(outcome.open).isTrue();
      }
      case DISCONNECT -> assertThat(outcome).isEqualTo(new Outcome(List.of(), false));
      case CONNECT, CONNACK, SUBACK, UNSUBACK, PINGRESP, AUTH -> {
        assertThat(outcome.open).isFalse();
        if (version.isMqtt5()) {
          assertThat(packets).hasExactlyElementsOfTypes(Disconnect.class);
          assertThat(((Disconnect) packets.get(0)).reasonCode())
              .isEqualTo(ReasonCode.PROTOCOL_ERROR);
        } else {
          assertThat(packets).isEmpty();
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("everyPacket")
  @Normative({MQTT5_3_1_0_1, MQTT5_3_14_0_1, MQTT3_3_1_0_1})
  void beforeConnect(MqttVersion version, PacketType type) {
    TestClient client = harness.open().speaks(version).send(packet(type, version));
    Outcome outcome = Outcome.of(client);
    if (type == PacketType.CONNECT) {
      assertThat(outcome.packets).hasExactlyElementsOfTypes(ConnAck.class);
      assertThat(outcome.open).isTrue();
    } else {
      assertThat(outcome).isEqualTo(new Outcome(List.of(), false));
    }
  }

  @ParameterizedTest
  @MethodSource("everyPacket")
  @Normative({MQTT5_3_1_0_2, MQTT5_4_12_0_7, MQTT3_3_1_0_2, MQTT3_4_8_0_1})
  void whileConnected(MqttVersion version, PacketType type) {
    TestClient client = harness.connect(Packets.connect("c").version(version).build());
    client.send(packet(type, version));
    assertConnectedOutcome(Outcome.of(client), type, version);
  }

  @ParameterizedTest
  @MethodSource("everyPacket")
  @Normative(MQTT5_3_2_0_1)
  @Scenario(81)
  void whileConnectIsUndecided(MqttVersion version, PacketType type) {
    harness.hold();
    TestClient client = harness.open().send(Packets.connect("c").version(version).build());
    client.send(packet(type, version));
    assertThat(Outcome.of(client)).isEqualTo(new Outcome(List.of(), true));
    harness.release();
    assertBehind(ConnAck.class, client, type, version);
  }

  @ParameterizedTest
  @EnumSource
  @Normative({MQTT5_3_1_2_30, MQTT5_4_12_0_3})
  void whileAuthIsAwaited(PacketType type) {
    TestClient client = authenticating();
    client.server.continueAuth(null);
    client.link.runUntilIdle();
    client.take(Auth.class);
    client.send(packet(type, MqttVersion.MQTT_5));
    Outcome outcome = Outcome.of(client);
    assertThat(outcome.open).isFalse();
    if (type == PacketType.DISCONNECT) {
      assertThat(outcome.packets).isEmpty();
    } else { // AUTH, too, for it says what only a connected client may
      assertThat(outcome.packets).hasExactlyElementsOfTypes(ConnAck.class);
      assertThat(((ConnAck) outcome.packets.get(0)).reasonCode())
          .isEqualTo(ReasonCode.PROTOCOL_ERROR);
    }
    assertThat(harness.broker.sessionCount()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void whileAuthIsUndecided(PacketType type) {
    TestClient client = authenticating();
    client.send(packet(type, MqttVersion.MQTT_5));
    assertThat(Outcome.of(client)).isEqualTo(new Outcome(List.of(), true));
  }

  private TestClient authenticating() {
    harness.hold();
    return harness
        .open()
        .send(Packets.connect("c").with(Property.AUTHENTICATION_METHOD, "M").build());
  }

  @ParameterizedTest
  @MethodSource("everyPacket")
  void whileSubscribeIsUndecided(MqttVersion version, PacketType type) {
    TestClient client = harness.connect(Packets.connect("c").version(version).build());
    harness.hold();
    client.send(Packets.subscribe(9, "a", QoS.AT_MOST_ONCE), packet(type, version));
    assertThat(Outcome.of(client)).isEqualTo(new Outcome(List.of(), true));
    harness.release();
    assertBehind(SubAck.class, client, type, version);
  }

  @ParameterizedTest
  @MethodSource("everyPacket")
  void whileUnsubscribeIsUndecided(MqttVersion version, PacketType type) {
    TestClient client = harness.connect(Packets.connect("c").version(version).build());
    harness.hold();
    client.send(Packets.unsubscribe(9, "a"), packet(type, version));
    assertThat(Outcome.of(client)).isEqualTo(new Outcome(List.of(), true));
    harness.release();
    assertBehind(UnsubAck.class, client, type, version);
  }

  private static void assertBehind(
      Class<?> first, TestClient client, PacketType type, MqttVersion version) {
    List<MqttPacket> all = new ArrayList<>(client.takeAll());
    assertThat(all.remove(0)).isInstanceOf(first);
    assertConnectedOutcome(new Outcome(all, !client.isClosed()), type, version);
  }

  @ParameterizedTest
  @MethodSource("everyPacket")
  void whilePublishIsUndecided(MqttVersion version, PacketType type) {
    TestClient client = harness.connect(Packets.connect("c").version(version).build());
    harness.hold();
    client.send(Packets.publish(9, "a", "x", QoS.AT_LEAST_ONCE));
    boolean isAsked = type == PacketType.SUBSCRIBE || type == PacketType.UNSUBSCRIBE;
    client.send(packet(type, version));
    if (isAsked) {
      assertThat(Outcome.of(client)).isEqualTo(new Outcome(List.of(), true));
    } else {
      assertConnectedOutcome(Outcome.of(client), type, version);
    }
  }

  @ParameterizedTest
  @MethodSource("everyPacket")
  @Normative({MQTT5_3_14_4_1, MQTT3_3_14_4_1})
  void behindDisconnect(MqttVersion version, PacketType type) {
    TestClient client = harness.connect(Packets.connect("c").version(version).build());
    TestClient watcher = harness.connect("watcher").subscribe("#", QoS.AT_MOST_ONCE);
    client.send(new Disconnect(ReasonCode.SUCCESS, Properties.EMPTY), packet(type, version));
    client.send(packet(type, version));
    assertThat(Outcome.of(client)).isEqualTo(new Outcome(List.of(), false));
    assertThat(client.end().cause()).isEqualTo(DisconnectCause.CLIENT_DISCONNECT);
    assertThat(watcher.takeAll()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("everyPacket")
  @Normative(MQTT5_3_14_4_1)
  void behindAProtocolError(MqttVersion version, PacketType type) {
    TestClient client = harness.connect(Packets.connect("c").version(version).build());
    client.send(PingResp.INSTANCE, packet(type, version), packet(type, version));
    Outcome outcome = Outcome.of(client);
    assertThat(outcome.open).isFalse();
    assertThat(outcome.packets).hasSize(version.isMqtt5() ? 1 : 0);
  }
}
