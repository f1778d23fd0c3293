package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShutdownTest {
  private final BrokerHarness harness = BrokerHarness.create();

  @Test
  @Normative({MQTT5_3_14_2_2, MQTT5_3_14_4_2})
  @Scenario(128)
  void everybodyIsToldAndKeptSessionsStay() {
    TestClient five = harness.resume("five").subscribe("a", QoS.AT_LEAST_ONCE);
    TestClient older =
        harness.connect(Packets.connect("older").version(MqttVersion.MQTT_3_1_1).build());
    TestClient shortLived = harness.connect("short");
    harness.broker.stop();
    harness.run();
    Disconnect told = five.take(Disconnect.class);
    assertThat(told.reasonCode()).isEqualTo(ReasonCode.SERVER_SHUTTING_DOWN);
    assertThat(told.properties().has(Property.SESSION_EXPIRY_INTERVAL)).isFalse();
    assertThat(shortLived.take(Disconnect.class)).isEqualTo(told);
    assertThat(older.takeAll()).isEmpty();
    for (TestClient client : List.of(five, older, shortLived)) {
      assertThat(client.isClosed()).isTrue();
      assertThat(client.end().cause()).isEqualTo(DisconnectCause.SERVER_DISCONNECT);
    }
    assertThat(harness.broker.sessionCount()).isEqualTo(1);
    assertThat(harness.session("five").subscriptions()).hasSize(1);
  }

  @Test
  @Normative(MQTT5_3_14_4_1)
  void willsOfThoseWhoEndFirstDoNotFollowTheDisconnectOfOthers() {
    List<TestClient> clients = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      clients.add(
          harness
              .connect(
                  Packets.connect("c" + i)
                      .expirySeconds(60)
                      .will("will", "of " + i, QoS.AT_LEAST_ONCE, false, Properties.EMPTY)
                      .build())
              .subscribe("will", QoS.AT_LEAST_ONCE));
    }
    harness.broker.stop();
    harness.run();
    for (TestClient client : clients) {
      assertThat(client.take(Disconnect.class).reasonCode())
          .isEqualTo(ReasonCode.SERVER_SHUTTING_DOWN);
      assertThat(client.session().queuedMessages()).isEqualTo(10);
    }
  }

  @Test
  void whoeverConnectsAfterwardsIsRefused() {
    TestClient early = harness.open();
    harness.broker.stop();
    early.send(Packets.connect("early").build());
    assertThat(early.take(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.SERVER_UNAVAILABLE);
    assertThat(early.isClosed()).isTrue();
    assertThat(harness.broker.sessionCount()).isZero();
  }

  @Test
  void connectThatIsNotDecidedIsRefusedAndStaysSo() {
    harness.hold();
    TestClient five = harness.open().send(Packets.connect("five").build());
    TestClient older =
        harness.open().send(Packets.connect("older").version(MqttVersion.MQTT_3_1_1).build());
    TestClient silent = harness.open();
    for (TestClient client : List.of(five, older, silent)) {
      client.server.disconnect(ReasonCode.SERVER_SHUTTING_DOWN, DisconnectCause.SERVER_DISCONNECT);
      client.link.runUntilIdle();
      assertThat(client.isClosed()).isTrue();
    }
    assertThat(five.take(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.SERVER_UNAVAILABLE);
    assertThat(older.take(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.SERVER_UNAVAILABLE);
    assertThat(silent.takeAll()).isEmpty();
    harness.release();
    assertThat(harness.broker.sessionCount()).isZero();
    assertThat(five.takeAll()).isEmpty();
  }

  @Test
  void clientsAreSentToTheServerThatIsConfigured() {
    BrokerHarness one =
        BrokerHarness.create(limits -> limits.serverReference("two.example.com three:1884"));
    TestClient connected = one.connect("connected");
    TestClient small =
        one.connect(Packets.connect("small").with(Property.MAXIMUM_PACKET_SIZE, 40).build());
    TestClient older =
        one.connect(Packets.connect("older").version(MqttVersion.MQTT_3_1_1).build());
    TestClient late = one.open();
    TestClient lateAndOlder = one.open();
    one.broker.stop();
    one.run();
    late.send(Packets.connect("late").build());
    lateAndOlder.send(Packets.connect("late2").version(MqttVersion.MQTT_3_1_1).build());

    Disconnect told = connected.take(Disconnect.class);
    assertThat(told.reasonCode()).isEqualTo(ReasonCode.USE_ANOTHER_SERVER);
    assertThat(told.properties().text(Property.SERVER_REFERENCE))
        .isEqualTo("two.example.com three:1884");
    assertThat(told.properties().has(Property.REASON_STRING)).isTrue();
    Disconnect briefly = small.take(Disconnect.class);
    assertThat(briefly.properties()).isEqualTo(told.properties().without(Property.REASON_STRING));
    assertThat(older.takeAll()).isEmpty();
    ConnAck refused = late.take(ConnAck.class);
    assertThat(refused.reasonCode()).isEqualTo(ReasonCode.USE_ANOTHER_SERVER);
    assertThat(refused.properties()).isEqualTo(told.properties());
    assertThat(lateAndOlder.take(ConnAck.class).reasonCode())
        .isEqualTo(ReasonCode.SERVER_UNAVAILABLE);
  }

  @Test
  void disconnectMayNameAnotherServer() {
    TestClient client = harness.connect("c");
    Properties reference =
        Properties.builder().put(Property.SERVER_REFERENCE, "other:1883").build();
    client.server.disconnect(
        ReasonCode.USE_ANOTHER_SERVER, DisconnectCause.SERVER_DISCONNECT, reference);
    client.server.disconnect(
        ReasonCode.SERVER_BUSY, DisconnectCause.SERVER_DISCONNECT); // it has ended already
    client.link.runUntilIdle();
    assertThat(client.take(Disconnect.class))
        .isEqualTo(new Disconnect(ReasonCode.USE_ANOTHER_SERVER, reference));
    assertThat(client.events()).hasSize(2);
  }
}
