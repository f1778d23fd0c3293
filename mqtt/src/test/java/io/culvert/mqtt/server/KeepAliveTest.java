package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.PingReq;
import io.culvert.mqtt.wire.PingResp;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KeepAliveTest {
  private final BrokerHarness harness = BrokerHarness.create();

  @Test
  @Normative({MQTT5_3_1_2_22, MQTT5_3_2_2_22})
  @Scenario(94)
  void silenceOfOneAndAHalfTimesClosesWithAReason() {
    TestClient client = harness.connect(Packets.connect("c").keepAlive(10).build());
    harness.advance(14_999);
    assertThat(client.takeAll()).isEmpty();
    assertThat(client.isClosed()).isFalse();
    harness.advance(1);
    assertThat(client.take(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.KEEP_ALIVE_TIMEOUT);
    assertThat(client.isClosed()).isTrue();
    assertThat(client.end().cause()).isEqualTo(DisconnectCause.KEEP_ALIVE_TIMEOUT);
  }

  @Test
  @Normative(MQTT3_3_1_2_24)
  void silenceBeforeMqtt5ClosesWithoutWords() {
    TestClient client =
        harness.connect(Packets.connect("c").version(MqttVersion.MQTT_3_1_1).keepAlive(10).build());
    harness.advance(15_000);
    assertThat(client.takeAll()).isEmpty();
    assertThat(client.isClosed()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  @Normative({MQTT5_3_12_4_1, MQTT3_3_12_4_1})
  @Scenario(108)
  void pingIsAnsweredAndKeepsAlive(MqttVersion version) {
    TestClient client =
        harness.connect(Packets.connect("c").version(version).keepAlive(10).build());
    for (int i = 0; i < 20; i++) {
      harness.advance(14_999);
      client.send(PingReq.INSTANCE).take(PingResp.class);
    }
    harness.advance(15_000);
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void anyPacketKeepsAliveButHalfAPacketDoesNot() {
    TestClient client = harness.connect(Packets.connect("c").keepAlive(10).build());
    harness.advance(14_999);
    client.publish("a", "x");
    harness.advance(14_999);
    client.sendHex("30 7f 0001");
    assertThat(client.isClosed()).isFalse();
    harness.advance(1);
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void zeroMeansNoKeepAlive() {
    TestClient client = harness.connect("c");
    assertThat(client.server.deadlineMillis()).isEqualTo(ServerConnection.NO_DEADLINE);
    harness.advanceSeconds(1_000_000);
    assertThat(client.isClosed()).isFalse();
  }

  @Test
  void serverMayAskForAShorterKeepAlive() {
    BrokerHarness strict = BrokerHarness.create(limits -> limits.keepAliveSeconds(10));
    TestClient none = strict.open();
    assertThat(serverKeepAlive(none, Packets.connect("none").build())).isEqualTo(10);
    TestClient longer = strict.open();
    assertThat(serverKeepAlive(longer, Packets.connect("longer").keepAlive(11).build()))
        .isEqualTo(10);
    TestClient shorter = strict.open();
    assertThat(serverKeepAlive(shorter, Packets.connect("shorter").keepAlive(4).build()))
        .isEqualTo(-1);
    strict.advance(6_000);
    assertThat(shorter.isClosed()).isTrue();
    assertThat(longer.isClosed()).isFalse();
    strict.advance(9_000);
    assertThat(none.isClosed()).isTrue();
    assertThat(longer.isClosed()).isTrue();
  }

  private static long serverKeepAlive(TestClient client, Connect connect) {
    return client.connect(connect).properties().integer(Property.SERVER_KEEP_ALIVE, -1);
  }

  @Test
  void doesNotRunWhileTheServerDecidesOnConnect() {
    harness.hold();
    TestClient client = harness.open().send(Packets.connect("c").keepAlive(2).build());
    harness.advance(10_000);
    harness.release();
    assertThat(client.server.isConnected()).isTrue();
    harness.advance(2_999);
    assertThat(client.isClosed()).isFalse();
    harness.advance(1);
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void doesNotRunWhileTheServerDecidesOnSubscribe() {
    TestClient client = harness.connect(Packets.connect("c").keepAlive(2).build());
    harness.hold();
    client.send(Packets.subscribe(1, "a", QoS.AT_MOST_ONCE));
    harness.advance(100_000);
    assertThat(client.isClosed()).isFalse();
    harness.release();
    assertThat(client.isClosed()).isFalse();
    harness.advance(3_000);
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void earlyAndRepeatedTimeoutsAreHarmless() {
    TestClient client = harness.connect(Packets.connect("c").keepAlive(10).build());
    for (int i = 0; i < 15_000; i += 1_000) {
      client.server.timeout(harness.clock.nowMillis());
      harness.broker.timeout(harness.clock.nowMillis());
      assertThat(client.isClosed()).isFalse();
      harness.advance(1_000);
    }
    assertThat(client.isClosed()).isTrue();
    client.server.timeout(harness.clock.nowMillis() + 1_000_000);
    assertThat(client.takeAll()).hasSize(1);
  }
}
