package io.culvert.mqtt.client;

import static io.culvert.mqtt.client.PublishTest.refusal;
import static io.culvert.mqtt.wire.Statement.MQTT3_4_8_0_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_14_2_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_14_2_3;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_14_2_4;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_14_4_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_14_4_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_1_2_29;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_2_2_15;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_13_2_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.culvert.engine.Bytes;
import io.culvert.engine.Engine;
import io.culvert.engine.Engine.Status;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.PubComp;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.PubRel;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Statement;
import io.culvert.mqtt.wire.SubAck;
import io.culvert.mqtt.wire.UnsubAck;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DisconnectTest {
  private static final Properties REASON =
      Properties.builder().put(Property.REASON_STRING, "x").build();
  private static final Properties USER = Properties.builder().userProperty("k", "v").build();

  @Test
  @Normative(MQTT5_3_14_4_2)
  void disconnectIsSentAndTheConnectionCloses() {
    ScriptedServer server = ScriptedServer.connected(o -> o.sessionExpirySeconds(1));
    Properties properties = Properties.EMPTY.with(Property.SESSION_EXPIRY_INTERVAL, 60);

    server.client.disconnect(ReasonCode.DISCONNECT_WITH_WILL_MESSAGE, properties, server.now);

    assertThat(server.sent())
        .containsExactly(new Disconnect(ReasonCode.DISCONNECT_WITH_WILL_MESSAGE, properties));
    assertThat(server.client.status()).isEqualTo(Status.CLOSE_AFTER_FLUSH);
    assertThat(server.client.state()).isEqualTo(ClientState.DISCONNECTED);
    assertThat(server.events())
        .containsExactly(
            new ClientEvent.Disconnected(
                DisconnectCause.REQUESTED,
                ReasonCode.DISCONNECT_WITH_WILL_MESSAGE,
                Properties.EMPTY,
                null));
  }

  @Test
  @Normative(MQTT5_3_14_4_1)
  @Scenario(76)
  void nothingIsSentOrHeardAfterDisconnect() {
    ScriptedServer server = ScriptedServer.connected(o -> o.keepAliveSeconds(5));
    server.client.disconnect(ReasonCode.SUCCESS, Properties.EMPTY, server.now);
    server.sent();
    server.events();

    assertThat(refusal(() -> server.publish("a", QoS.AT_MOST_ONCE)))
        .isEqualTo(Refusal.NOT_CONNECTED);
    assertThat(refusal(() -> SubscribeTest.subscribe(server, "a")))
        .isEqualTo(Refusal.NOT_CONNECTED);
    assertThat(refusal(() -> SubscribeTest.unsubscribe(server, "a")))
        .isEqualTo(Refusal.NOT_CONNECTED);
    assertThat(refusal(() -> server.client.ping(server.now))).isEqualTo(Refusal.NOT_CONNECTED);
    assertThat(
            refusal(
                () -> server.client.auth(ReasonCode.REAUTHENTICATE, Properties.EMPTY, server.now)))
        .isEqualTo(Refusal.NOT_CONNECTED);
    assertThat(server.client.acknowledge(1, ReasonCode.SUCCESS, server.now)).isFalse();
    server.client.disconnect(ReasonCode.SUCCESS, Properties.EMPTY, server.now);
    server.sends(ScriptedServer.message("a", QoS.AT_LEAST_ONCE, 1)).timePasses(100_000).closes();

    assertThat(server.sent()).isEmpty();
    assertThat(server.events()).isEmpty();
    assertThat(server.client.deadlineMillis()).isEqualTo(Engine.NO_DEADLINE);
  }

  @Test
  void beforeMqtt5AnAbnormalEndIsACloseWithoutDisconnect() {
    ScriptedServer normal = ScriptedServer.connected(o -> o.version(MqttVersion.MQTT_3_1_1));
    ScriptedServer abnormal = ScriptedServer.connected(o -> o.version(MqttVersion.MQTT_3_1_1));

    normal.client.disconnect(ReasonCode.SUCCESS, Properties.EMPTY, normal.now);
    int before = abnormal.wakes;
    abnormal.client.disconnect(
        ReasonCode.DISCONNECT_WITH_WILL_MESSAGE, Properties.EMPTY, abnormal.now);

    assertThat(normal.sent()).containsExactly(Disconnect.NORMAL);
    assertThat(abnormal.sent()).isEmpty();
    assertThat(abnormal.client.status()).isEqualTo(Status.CLOSE_AFTER_FLUSH);
    assertThat(abnormal.wakes).as("its driver is told to close it").isGreaterThan(before);
  }

  @Test
  @Normative({MQTT5_3_2_2_15, MQTT5_3_14_2_4, MQTT5_3_14_2_3})
  void propertiesStayBehindWhereTheServerTakesOnlySmallPackets() {
    for (Properties words : List.of(USER, REASON)) {
      ScriptedServer server =
          ScriptedServer.connected(o -> o, Properties.EMPTY.with(Property.MAXIMUM_PACKET_SIZE, 6));

      server.client.disconnect(ReasonCode.UNSPECIFIED_ERROR, words, server.now);

      assertThat(server.sent())
          .containsExactly(new Disconnect(ReasonCode.UNSPECIFIED_ERROR, Properties.EMPTY));
    }
  }

  @Test
  void sessionExpiryCannotBeRaisedFromZero() {
    ScriptedServer server = ScriptedServer.connected();

    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                server.client.disconnect(
                    ReasonCode.SUCCESS,
                    Properties.EMPTY.with(Property.SESSION_EXPIRY_INTERVAL, 1),
                    server.now));
    assertThat(server.client.state()).isEqualTo(ClientState.CONNECTED);
    assertThat(server.sent()).isEmpty();
  }

  @Test
  @Normative(MQTT5_4_13_2_1)
  @Scenario(75)
  void serversDisconnectSurfacesWithReasonAndReference() {
    Properties properties =
        Properties.builder()
            .put(Property.SERVER_REFERENCE, "other:1883")
            .put(Property.REASON_STRING, "moved")
            .build();
    ScriptedServer server = ScriptedServer.connected();

    server.sends(new Disconnect(ReasonCode.SERVER_MOVED, properties));

    assertThat(server.events())
        .containsExactly(
            new ClientEvent.Disconnected(
                DisconnectCause.SERVER_DISCONNECT, ReasonCode.SERVER_MOVED, properties, null));
    assertThat(server.client.status()).isEqualTo(Status.CLOSED);
    assertThat(server.sent()).isEmpty();
  }

  @Test
  @Normative(MQTT3_4_8_0_1)
  void disconnectOfTheServerBeforeMqtt5IsAViolation() {
    ScriptedServer server = ScriptedServer.connected(o -> o.version(MqttVersion.MQTT_3_1_1));

    server.sends(Bytes.hex("e000"));

    assertThat(server.event(ClientEvent.Disconnected.class).cause())
        .isEqualTo(DisconnectCause.VIOLATION);
    assertThat(server.sent()).isEmpty();
  }

  @Test
  @Normative(MQTT5_3_14_2_2)
  void serversDisconnectWithSessionExpiryIsAViolation() {
    ScriptedServer server = ScriptedServer.connected();

    server.sends(Bytes.hex("e0078b051100000001"));

    assertThat(server.sent())
        .containsExactly(new Disconnect(ReasonCode.PROTOCOL_ERROR, Properties.EMPTY));
    assertThat(ConnectTest.violation(server)).isEqualTo(Statement.MQTT5_3_14_2_2);
  }

  @Test
  void lostConnectionSurfacesOnceBehindWhatHadArrived() {
    ScriptedServer server = ScriptedServer.connected();
    server.client.receive(Bytes.hex("3005000161006d"));
    server.client.receive(Bytes.hex("3005")); // half a packet
    server.client.receiveEnd();
    server.client.receiveEnd();

    assertThat(server.events())
        .satisfiesExactly(
            e -> assertThat(e).isInstanceOf(ClientEvent.MessageReceived.class),
            e ->
                assertThat(((ClientEvent.Disconnected) e).cause())
                    .isEqualTo(DisconnectCause.CONNECTION_LOST));
    assertThat(server.client.status()).isEqualTo(Status.CLOSED);
    assertThat(server.events()).isEmpty();
  }

  @Test
  void connectionThatWasNeverUsedEndsOnceToo() {
    ScriptedServer closed = ScriptedServer.fresh().closes();
    ScriptedServer given = ScriptedServer.fresh();
    given.client.disconnect(ReasonCode.SUCCESS, Properties.EMPTY, given.now);

    assertThat(closed.event(ClientEvent.Disconnected.class).cause())
        .isEqualTo(DisconnectCause.CONNECTION_LOST);
    assertThat(given.event(ClientEvent.Disconnected.class).cause())
        .isEqualTo(DisconnectCause.REQUESTED);
    assertThat(given.sent()).isEmpty();
  }

  static List<MqttPacket> problemInformation() {
    return List.of(
        new PubAck(1, ReasonCode.SUCCESS, REASON),
        new PubAck(1, ReasonCode.SUCCESS, USER),
        new PubRec(1, ReasonCode.SUCCESS, REASON),
        new PubRel(1, ReasonCode.SUCCESS, USER),
        new PubComp(1, ReasonCode.SUCCESS, REASON),
        new SubAck(1, List.of(ReasonCode.SUCCESS), USER),
        new UnsubAck(1, List.of(ReasonCode.SUCCESS), REASON));
  }

  @ParameterizedTest
  @MethodSource("problemInformation")
  @Normative(MQTT5_3_1_2_29)
  @Scenario(80)
  void problemInformationThatWasNotRequestedIsAViolation(MqttPacket packet) {
    ScriptedServer server = ScriptedServer.connected(o -> o.requestProblemInformation(false));

    server.sends(packet);

    assertThat(ConnectTest.violation(server)).isEqualTo(Statement.MQTT5_3_1_2_29);
  }

  @Test
  void problemInformationIsWelcomeInDisconnectConnAckAndPublish() {
    ScriptedServer server = ScriptedServer.fresh().connect(o -> o.requestProblemInformation(false));

    server.accept(false, REASON);
    server.sends(ScriptedServer.message("a", QoS.AT_MOST_ONCE, 0, USER));
    server.sends(new Disconnect(ReasonCode.SERVER_BUSY, REASON));

    assertThat(server.events())
        .last()
        .satisfies(
            e ->
                assertThat(((ClientEvent.Disconnected) e).cause())
                    .isEqualTo(DisconnectCause.SERVER_DISCONNECT));
  }
}
