package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicName;
import org.junit.jupiter.api.Test;

class TakeOverTest {
  private final BrokerHarness harness = BrokerHarness.create();

  @Test
  @Normative(MQTT5_3_1_4_3)
  @Scenario(89)
  void olderConnectionIsToldAndClosed() {
    TestClient older = harness.resume("c");
    TestClient newer = harness.open();
    assertThat(newer.connect(resuming().build()).sessionPresent()).isTrue();
    assertThat(older.take(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.SESSION_TAKEN_OVER);
    assertThat(older.isClosed()).isTrue();
    assertThat(older.end().cause()).isEqualTo(DisconnectCause.TAKEN_OVER);
    assertThat(newer.isClosed()).isFalse();
    assertThat(harness.session("c")).isSameAs(newer.session());
    assertThat(newer.session().isConnected()).isTrue();
    assertThat(harness.broker.counters().takeovers()).isEqualTo(1);
  }

  @Test
  @Normative(MQTT3_3_1_4_2)
  void olderConnectionBeforeMqtt5IsClosed() {
    TestClient older = harness.connect(Packets.connect("c").version(MqttVersion.MQTT_3_1).build());
    harness.connect(Packets.connect("c").version(MqttVersion.MQTT_3_1_1).build());
    assertThat(older.takeAll()).isEmpty();
    assertThat(older.isClosed()).isTrue();
  }

  @Test
  void sessionWithoutExpiryIsNotTakenAlong() {
    harness.connect("c").subscribe("a", QoS.AT_LEAST_ONCE);
    assertThat(harness.open().connect(resuming().build()).sessionPresent()).isFalse();
    assertThat(harness.broker.subscriptionCount()).isZero();
    assertThat(harness.broker.sessionCount()).isEqualTo(1);
  }

  @Test
  @Normative(MQTT5_3_1_2_4)
  void cleanStartThrowsTheOlderSessionAway() {
    harness.resume("c").subscribe("a", QoS.AT_LEAST_ONCE);
    TestClient newer = harness.open();
    assertThat(newer.connect(Packets.connect("c").build()).sessionPresent()).isFalse();
    assertThat(newer.session().subscriptions()).isEmpty();
    assertThat(harness.broker.subscriptionCount()).isZero();
  }

  @Test
  void messagesInFlightAreSentToTheNewerConnection() {
    TestClient older = harness.resume("c").subscribe("a", QoS.AT_LEAST_ONCE);
    harness.connect("p").send(Packets.publish(1, "a", "m", QoS.AT_LEAST_ONCE));
    int packetId = older.takePublish().packetId();
    TestClient newer = harness.open().send(resuming().build());
    assertThat(newer.takeAll().get(1))
        .isEqualTo(
            Packets.publish("a", "m").qos(QoS.AT_LEAST_ONCE).packetId(packetId).dup().build());
  }

  @Test
  void whatTheOlderConnectionSendsLateIsIgnored() {
    harness.hold();
    TestClient older = harness.open().send(resuming().build());
    harness.release();
    older.take(ConnAck.class);
    harness.hold();
    older.send(Packets.subscribe(1, "late", QoS.AT_LEAST_ONCE));
    TestClient newer = harness.open().send(resuming().build());
    harness.handleNow(newer); // the newer CONNECT is decided first
    older.takeAll();
    harness.release();
    assertThat(older.takeAll()).isEmpty();
    assertThat(harness.broker.subscriptionCount()).isZero();
    assertThat(newer.server.isConnected()).isTrue();
    assertThat(older.send(Packets.publish("a", "x").retain().build()).takeAll()).isEmpty();
    assertThat(harness.broker.retainedCount()).isZero();
  }

  @Test
  @Normative(MQTT5_3_14_4_1)
  void nothingIsSentBehindDisconnect() {
    TestClient older = harness.resume("c").subscribe("#", QoS.EXACTLY_ONCE);
    older.server.disconnect(ReasonCode.ADMINISTRATIVE_ACTION, DisconnectCause.SERVER_DISCONNECT);
    // The driver has not polled yet, so that the broker still takes the client for connected.
    for (QoS qos : QoS.values()) {
      Message message =
          Message.of(TopicName.of("a"), Bytes.utf8("x"), qos, false, Properties.EMPTY, 1_000_000);
      harness.broker.publish(null, message, harness.clock.nowMillis());
    }
    older.link.runUntilIdle();
    assertThat(older.take(Disconnect.class).reasonCode())
        .isEqualTo(ReasonCode.ADMINISTRATIVE_ACTION);
    assertThat(older.session().queuedMessages()).isEqualTo(2);
    assertThat(harness.broker.counters().dropped(DropReason.OFFLINE)).isEqualTo(1);
  }

  @Test
  @Scenario(126)
  void oneBadClientDisturbsNobodyElse() {
    TestClient good = harness.connect("good").subscribe("a", QoS.AT_MOST_ONCE);
    harness.connect("bad").sendHex("f0ff");
    harness.open().sendHex("ffffffffff");
    harness.connect("gone").lose();
    harness.connect("p").publish("a", "still here");
    assertThat(good.takePayloads()).containsExactly("still here");
  }

  private static ConnectBuilder resuming() {
    return Packets.connect("c").cleanStart(false).expirySeconds(3600);
  }
}
