package io.culvert.mqtt.client;

import static io.culvert.mqtt.client.ScriptedServer.message;
import static io.culvert.mqtt.wire.QoS.AT_LEAST_ONCE;
import static io.culvert.mqtt.wire.QoS.AT_MOST_ONCE;
import static io.culvert.mqtt.wire.QoS.EXACTLY_ONCE;
import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.culvert.engine.Bytes;
import io.culvert.engine.Engine.Status;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.PingReq;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.PubComp;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.PubRel;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicName;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client where it speaks MQTT 3.1.1. */
class BeforeMqtt5Test {
  private static final UnaryOperator<ConnectOptions.Builder> THREE =
      options -> options.version(MqttVersion.MQTT_3_1_1);
  private static final UnaryOperator<ConnectOptions.Builder> KEEPING =
      options -> THREE.apply(options).cleanStart(false);

  @Test
  @Normative(MQTT3_3_1_0_1)
  void connectIsTheFirstPacketAndTheOnlyOneBeforeConnAck() {
    ScriptedServer server = ScriptedServer.fresh();
    assertThat(PublishTest.refusal(() -> server.publish("a", AT_MOST_ONCE)))
        .isEqualTo(Refusal.NOT_CONNECTED);
    assertThat(PublishTest.refusal(() -> server.client.ping(server.now)))
        .isEqualTo(Refusal.NOT_CONNECTED);
    assertThat(server.sent()).isEmpty();

    server.connect(THREE);

    assertThat(server.sent(Connect.class).version()).isEqualTo(MqttVersion.MQTT_3_1_1);
  }

  @Test
  @Normative(MQTT3_3_1_2_23)
  void pingIsDueAfterTheKeepAliveWithoutAPacket() {
    ScriptedServer server =
        ScriptedServer.connected(options -> THREE.apply(options).keepAliveSeconds(10));
    assertThat(server.timePasses(9_999).sent()).isEmpty();
    assertThat(server.timePasses(1).sent()).containsExactly(PingReq.INSTANCE);
  }

  @Test
  @Normative({MQTT3_3_14_4_1, MQTT3_3_14_4_2})
  void disconnectIsTheLastPacketAndTheConnectionCloses() {
    ScriptedServer server =
        ScriptedServer.connected(options -> THREE.apply(options).keepAliveSeconds(5));
    server.client.disconnect(ReasonCode.SUCCESS, Properties.EMPTY, server.now);
    assertThat(server.sent()).containsExactly(Disconnect.NORMAL);
    assertThat(server.client.status()).isEqualTo(Status.CLOSE_AFTER_FLUSH);

    assertThat(PublishTest.refusal(() -> server.publish("a", AT_MOST_ONCE)))
        .isEqualTo(Refusal.NOT_CONNECTED);
    server.sends(message("a", AT_LEAST_ONCE, 1)).timePasses(100_000);
    assertThat(server.sent()).isEmpty();
  }

  @Test
  @Normative({MQTT3_4_3_1_1, MQTT3_4_3_2_1, MQTT3_4_3_3_1, MQTT3_2_3_1_2, MQTT3_2_3_1_3})
  void eachQosIsSentAndCompleted() {
    ScriptedServer server = ScriptedServer.connected(THREE);
    server.publish("a", AT_MOST_ONCE);
    int one = server.publish("a", AT_LEAST_ONCE);
    int two = server.publish("a", EXACTLY_ONCE);
    assertThat(server.sent())
        .containsExactly(
            sent("a", AT_MOST_ONCE, 0, false),
            sent("a", AT_LEAST_ONCE, one, false),
            sent("a", EXACTLY_ONCE, two, false));
    assertThat(one).isNotZero().isNotEqualTo(two);
    assertThat(server.session.inFlight()).isEqualTo(2);

    server.sends(PubRec.of(two));
    assertThat(server.sent()).containsExactly(PubRel.of(two));
    assertThat(server.publish("a", AT_LEAST_ONCE)).isNotIn(one, two);
    server.sends(PubAck.of(one), PubComp.of(two));
    assertThat(server.session.inFlight()).isEqualTo(1);
  }

  @Test
  @Normative({MQTT3_3_3_4_1, MQTT3_2_3_1_6, MQTT3_4_3_2_2, MQTT3_4_3_3_2})
  void eachQosIsAnsweredAndItsIdentifierIsNewAfterwards() {
    ScriptedServer server = ScriptedServer.connected(THREE);
    server.sends(message("a", AT_MOST_ONCE, 0));
    assertThat(server.sent()).isEmpty();
    server.sends(message("a", AT_LEAST_ONCE, 7), repeated(AT_LEAST_ONCE, 7));
    assertThat(server.sent()).containsExactly(PubAck.of(7), PubAck.of(7));
    assertThat(server.events()).hasSize(3);

    server.sends(message("a", EXACTLY_ONCE, 7), repeated(EXACTLY_ONCE, 7));
    assertThat(server.sent()).containsExactly(PubRec.of(7), PubRec.of(7));
    assertThat(server.events()).hasSize(1);
    server.sends(PubRel.of(7), repeated(EXACTLY_ONCE, 7));
    assertThat(server.sent()).containsExactly(PubComp.of(7), PubRec.of(7));
    assertThat(server.events()).hasSize(1);
  }

  @Test
  @Normative({MQTT3_4_6_0_2, MQTT3_4_6_0_3})
  void acknowledgementsLeaveInOrderOfArrival() {
    ScriptedServer server =
        ScriptedServer.connected(options -> THREE.apply(options).automaticAcknowledgement(false));
    server.sends(
        message("a", AT_LEAST_ONCE, 4),
        message("a", EXACTLY_ONCE, 3),
        message("a", AT_LEAST_ONCE, 2));
    server.client.acknowledge(2, ReasonCode.SUCCESS, server.now);
    server.client.acknowledge(3, ReasonCode.SUCCESS, server.now);
    assertThat(server.sent()).isEmpty();
    server.client.acknowledge(4, ReasonCode.SUCCESS, server.now);
    assertThat(server.sent()).containsExactly(PubAck.of(4), PubRec.of(3), PubAck.of(2));
  }

  @Test
  @Normative({MQTT3_3_1_2_4, MQTT3_4_1_0_2, MQTT3_3_1_3_2})
  void sessionIsThatOfTheClientIdentifierAndLastsBeyondTheConnection() {
    ScriptedServer server = ScriptedServer.connected(KEEPING);
    int id = server.publish("a", AT_LEAST_ONCE);
    server.timePasses(1_000_000_000).closes();
    ScriptedServer next = server.next();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> next.connect(options -> KEEPING.apply(options).clientId("other")));

    next.connect(KEEPING);
    next.sent();
    next.accept(true);

    assertThat(next.sent()).containsExactly(sent("a", AT_LEAST_ONCE, id, true));
  }

  @Test
  @Normative(MQTT3_3_1_2_6)
  void cleanSessionDiscardsWhatWasNotAcknowledged() {
    ScriptedServer server = ScriptedServer.connected(KEEPING);
    server.publish("a", AT_LEAST_ONCE);
    server.sends(message("a", EXACTLY_ONCE, 7)).closes();
    ScriptedServer next = server.next().connect(THREE);
    next.sent();
    next.accept(false);
    next.events();

    assertThat(next.sent()).isEmpty();
    assertThat(next.session.inFlight()).isZero();
    next.sends(repeated(EXACTLY_ONCE, 7));
    assertThat(next.event(ClientEvent.MessageReceived.class).publish().packetId()).isEqualTo(7);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "3606000161000178", // QoS 3
        "30030001ff", // no UTF-8
        "3003000100", // U+0000
        "300300012b", // a wildcard
        "30020000", // no topic
        "6002000a", // PUBREL without its flags
        "d100" // PINGRESP with flags
      })
  @Normative({
    MQTT3_3_3_1_4,
    MQTT3_1_5_3_1,
    MQTT3_1_5_3_2,
    MQTT3_3_3_2_2,
    MQTT3_4_7_1_1,
    MQTT3_4_7_3_1,
    MQTT3_4_7_3_2,
    MQTT3_3_6_1_1,
    MQTT3_2_2_2_2,
    MQTT3_4_8_0_1
  })
  void whatNoServerMaySendClosesTheConnection(String hex) {
    ScriptedServer server = ScriptedServer.connected(THREE);
    server.sends(Bytes.hex(hex));
    assertThat(server.event(ClientEvent.Disconnected.class).cause())
        .isEqualTo(DisconnectCause.VIOLATION);
    assertThat(server.client.status()).isEqualTo(Status.CLOSE_AFTER_FLUSH);
    assertThat(server.sent()).isEmpty();
  }

  private static Publish sent(String topic, QoS qos, int packetId, boolean dup) {
    return new Publish(
        TopicName.of(topic), Bytes.utf8("x"), qos, false, dup, packetId, Properties.EMPTY);
  }

  private static MqttPacket repeated(QoS qos, int packetId) {
    return new Publish(
        TopicName.of("a"), Bytes.utf8("m"), qos, false, true, packetId, Properties.EMPTY);
  }
}
