package io.culvert.mqtt.client;

import static io.culvert.mqtt.wire.Statement.MQTT5_3_1_2_20;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_1_2_21;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_2_2_21;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.engine.Engine;
import io.culvert.engine.Engine.Status;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.PingReq;
import io.culvert.mqtt.wire.PingResp;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubRel;
import io.culvert.mqtt.wire.QoS;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class KeepAliveTest {
  @Test
  @Normative(MQTT5_3_1_2_20)
  @Scenario(69)
  void pingIsDueAfterTheKeepAliveWithoutAPacket() {
    ScriptedServer server = ScriptedServer.connected(o -> o.keepAliveSeconds(10));
    assertThat(server.client.deadlineMillis()).isEqualTo(server.now + 10_000);

    assertThat(server.timePasses(9_999).sent()).isEmpty();
    assertThat(server.timePasses(1).sent()).containsExactly(PingReq.INSTANCE);

    server.sends(PingResp.INSTANCE);
    assertThat(server.events()).isEmpty();
    assertThat(server.client.deadlineMillis()).isEqualTo(server.now + 10_000);
    assertThat(server.timePasses(9_999).sent()).isEmpty();
    assertThat(server.timePasses(1).sent()).containsExactly(PingReq.INSTANCE);
  }

  @Test
  void sendingAndHearingPutsThePingOff() {
    ScriptedServer server = ScriptedServer.connected(o -> o.keepAliveSeconds(10));

    server.timePasses(6_000);
    server.publish("a", QoS.AT_MOST_ONCE);
    server.sends(ScriptedServer.message("a", QoS.AT_MOST_ONCE, 0));
    server.sent();

    assertThat(server.timePasses(9_999).sent()).isEmpty();
    assertThat(server.timePasses(1).sent()).containsExactly(PingReq.INSTANCE);
  }

  @Test
  void aServerThatReadsNoAnswersIsNotReadAndInTheEndLeft() {
    ScriptedServer server = ScriptedServer.connected(o -> o.keepAliveSeconds(10).outboxBytes(1000));
    MqttPacket[] releases = new MqttPacket[10_000];
    Arrays.fill(releases, PubRel.of(7)); // of nothing: each is answered
    for (int i = 0; i < 30; i++) {
      server.sends(releases);
    }
    assertThat(server.client.awaitsDecision()).isTrue();
    assertThat(server.client.outbox().pendingBytes()).isBetween(1L << 20, (1L << 20) + 2000);
    server.timePasses(10_000).timePasses(60_000);
    assertThat(server.client.status()).isEqualTo(Status.CLOSED);
  }

  @Test
  void whoSendsWithoutHearingAnythingPingsToo() {
    ScriptedServer server = ScriptedServer.connected(o -> o.keepAliveSeconds(10));
    server.timePasses(6_000);
    server.publish("a", QoS.AT_MOST_ONCE);
    server.sent();

    assertThat(server.timePasses(4_000).sent()).containsExactly(PingReq.INSTANCE);
  }

  @Test
  @Scenario(69)
  void noAnswerInTimeEndsTheConnection() {
    ScriptedServer server =
        ScriptedServer.connected(o -> o.keepAliveSeconds(10).pingTimeoutMillis(3_000));
    server.timePasses(10_000).sent();
    assertThat(server.client.deadlineMillis()).isEqualTo(server.now + 3_000);

    assertThat(server.timePasses(2_999).events()).isEmpty();
    assertThat(server.timePasses(1).event(ClientEvent.Disconnected.class).cause())
        .isEqualTo(DisconnectCause.PING_TIMEOUT);
    assertThat(server.client.status()).isEqualTo(Status.CLOSED);
    assertThat(server.sent()).isEmpty();
    assertThat(server.client.deadlineMillis()).isEqualTo(Engine.NO_DEADLINE);
  }

  @Test
  void aLongMessageInFrontOfTheAnswerIsASignOfLife() {
    ScriptedServer server =
        ScriptedServer.connected(o -> o.keepAliveSeconds(100).pingTimeoutMillis(3_000));
    server.timePasses(100_000).sent();
    server.sends(Bytes.hex("30e807000161")); // the first bytes of 1 000
    for (int i = 0; i < 10; i++) {
      server.timePasses(2_000);
      server.sends(Bytes.hex("00"));
    }
    assertThat(server.events()).isEmpty();

    assertThat(server.timePasses(3_000).event(ClientEvent.Disconnected.class).cause())
        .isEqualTo(DisconnectCause.PING_TIMEOUT);
  }

  @Test
  void ownerMayPingAndLearnsHowLongItTook() {
    ScriptedServer server = ScriptedServer.connected();
    assertThat(server.client.deadlineMillis()).isEqualTo(Engine.NO_DEADLINE);

    server.client.ping(server.now);
    assertThat(server.sent()).containsExactly(PingReq.INSTANCE);
    server.timePasses(25).sends(PingResp.INSTANCE);

    assertThat(server.event(ClientEvent.PingAnswered.class).roundTripMillis()).isEqualTo(25);
  }

  @Test
  void unaskedPingRespIsIgnored() {
    assertThat(ScriptedServer.connected().sends(PingResp.INSTANCE).events()).isEmpty();
  }

  @Test
  void keepAliveOfZeroTurnsItOff() {
    ScriptedServer server = ScriptedServer.connected();

    assertThat(server.client.deadlineMillis()).isEqualTo(Engine.NO_DEADLINE);
    assertThat(server.timePasses(1_000_000_000).sent()).isEmpty();
  }

  @Test
  @Normative({MQTT5_3_2_2_21, MQTT5_3_1_2_21})
  @Scenario(68)
  void serversKeepAliveReplacesTheOwn() {
    ScriptedServer shorter =
        ScriptedServer.connected(
            o -> o.keepAliveSeconds(100), Properties.EMPTY.with(Property.SERVER_KEEP_ALIVE, 5));
    ScriptedServer none =
        ScriptedServer.connected(
            o -> o.keepAliveSeconds(100), Properties.EMPTY.with(Property.SERVER_KEEP_ALIVE, 0));

    assertThat(shorter.timePasses(5_000).sent()).containsExactly(PingReq.INSTANCE);
    assertThat(none.client.deadlineMillis()).isEqualTo(Engine.NO_DEADLINE);
  }

  @Test
  void earlyAndRepeatedTimeoutsAreHarmless() {
    ScriptedServer server = ScriptedServer.connected(o -> o.keepAliveSeconds(10));

    for (int i = 0; i < 5; i++) {
      assertThat(server.timePasses(1_000).sent()).isEmpty();
    }
    assertThat(server.timePasses(5_000).sent()).hasSize(1);
    assertThat(server.timePasses(0).sent()).isEmpty();
  }

  @Test
  void silenceIsOursWhileTheOwnerHoldsBackReading() {
    ScriptedServer server =
        ScriptedServer.connected(
            o ->
                o.version(MqttVersion.MQTT_3_1_1)
                    .keepAliveSeconds(10)
                    .pingTimeoutMillis(3_000)
                    .receiveMaximum(1)
                    .automaticAcknowledgement(false));
    server.sends(ScriptedServer.message("a", QoS.AT_LEAST_ONCE, 1));
    server.events();

    for (int i = 0; i < 20; i++) {
      server.timePasses(5_000);
    }

    assertThat(server.events()).isEmpty();
    assertThat(server.sent()).as("the server still hears from us").hasSizeGreaterThan(5);
  }
}
