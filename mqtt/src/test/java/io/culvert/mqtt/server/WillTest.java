package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.UserProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WillTest {
  private final BrokerHarness harness = BrokerHarness.create();
  private final TestClient watcher =
      harness.connect("watcher").subscribe("will/#", QoS.EXACTLY_ONCE);

  private TestClient withWill(ConnectBuilder connect) {
    return harness.connect(connect.will("will/c", "gone").build());
  }

  @ParameterizedTest
  @EnumSource
  @Normative({MQTT5_3_1_2_7, MQTT5_3_1_2_8, MQTT3_3_1_2_8, MQTT3_3_1_2_9})
  @Scenario(91)
  void isPublishedWhenTheConnectionIsLost(MqttVersion version) {
    TestClient client = withWill(Packets.connect("c").version(version));
    assertThat(watcher.takeAll()).isEmpty();
    client.lose();
    assertThat(watcher.takePayloads()).containsExactly("gone");
  }

  @Test
  @Normative(MQTT5_3_1_2_8)
  @Scenario(91)
  void isPublishedWhenTheKeepAliveHasPassed() {
    withWill(Packets.connect("c").keepAlive(10)).link.cut();
    harness.advance(14_999);
    assertThat(watcher.takeAll()).isEmpty();
    harness.advance(1);
    assertThat(watcher.takePayloads()).containsExactly("gone");
  }

  @Test
  @Normative(MQTT5_3_1_2_8)
  @Scenario(91)
  void isPublishedAfterAProtocolError() {
    withWill(Packets.connect("c")).send(Packets.connect("c").build());
    assertThat(watcher.takePayloads()).containsExactly("gone");
  }

  @Test
  @Scenario(91)
  void isPublishedAfterADisconnectThatAsksForIt() {
    withWill(Packets.connect("c"))
        .send(new Disconnect(ReasonCode.DISCONNECT_WITH_WILL_MESSAGE, Properties.EMPTY));
    assertThat(watcher.takePayloads()).containsExactly("gone");
  }

  @ParameterizedTest
  @EnumSource
  @Normative({MQTT5_3_14_4_3, MQTT5_3_1_2_10, MQTT3_3_14_4_3, MQTT3_3_1_2_10, MQTT3_3_1_2_12})
  @Scenario(91)
  void isForgottenAfterANormalDisconnect(MqttVersion version) {
    withWill(Packets.connect("c").version(version)).disconnect();
    harness.advanceSeconds(10);
    assertThat(watcher.takeAll()).isEmpty();
  }

  @Test
  @Normative(MQTT3_3_14_4_3)
  void isForgottenAlthoughMuchCameBeforeTheDisconnect() {
    BrokerHarness slow = BrokerHarness.create(limits -> limits.receiveMaximum(1));
    TestClient other = slow.connect("watcher").subscribe("will/#", QoS.AT_MOST_ONCE);
    TestClient client =
        slow.connect(
            Packets.connect("c").version(MqttVersion.MQTT_3_1_1).will("will/c", "gone").build());
    slow.hold();
    client.send(
        Packets.publish(1, "a", "x", QoS.AT_LEAST_ONCE),
        new Disconnect(ReasonCode.SUCCESS, Properties.EMPTY));
    client.server.receiveEnd(); // this driver tells at once what it has seen
    client.link.runUntilIdle();
    slow.release();
    assertThat(client.end().cause()).isEqualTo(DisconnectCause.CLIENT_DISCONNECT);
    assertThat(other.takeAll()).isEmpty();
  }

  @Test
  @Normative(MQTT5_3_1_2_10)
  void isPublishedOnce() {
    TestClient client = withWill(Packets.connect("c").expirySeconds(100));
    client.lose();
    harness.advanceSeconds(1000);
    assertThat(watcher.takePayloads()).containsExactly("gone");
  }

  @Test
  @Normative(MQTT5_3_1_2_8)
  void delayedIsPublishedWhenTheDelayHasPassed() {
    harness
        .connect(Packets.connect("c").expirySeconds(100).will("will/c", "gone", 10).build())
        .lose();
    harness.advance(9_999);
    assertThat(watcher.takeAll()).isEmpty();
    harness.advance(1);
    assertThat(watcher.takePayloads()).containsExactly("gone");
    assertThat(harness.broker.sessionCount()).isEqualTo(2);
  }

  @Test
  @Normative(MQTT5_3_1_3_9)
  @Scenario(92)
  void delayedIsNotPublishedWhenTheClientIsBackInTime() {
    harness
        .connect(Packets.connect("c").expirySeconds(100).will("will/c", "gone", 10).build())
        .lose();
    harness.advance(9_999);
    harness.resume("c");
    harness.advanceSeconds(1000);
    assertThat(watcher.takeAll()).isEmpty();
  }

  @Test
  void delayedIsPublishedWhenTheClientIsBackTooLateAlthoughNoTimerRan() {
    harness
        .connect(Packets.connect("c").expirySeconds(100).will("will/c", "gone", 5).build())
        .lose();
    TestClient client = harness.open();
    harness.clock.advance(5_000);
    client.connect(Packets.connect("c").cleanStart(false).build());
    assertThat(watcher.takePayloads()).containsExactly("gone");
  }

  @Test
  @Normative(MQTT5_3_1_2_8)
  @Scenario(92)
  void delayIsCutShortByTheEndOfTheSession() {
    harness
        .connect(Packets.connect("c").expirySeconds(5).will("will/c", "gone", 10).build())
        .lose();
    harness.advance(4_999);
    assertThat(watcher.takeAll()).isEmpty();
    harness.advance(1);
    assertThat(watcher.takePayloads()).containsExactly("gone");
    harness.connect(Packets.connect("d").will("will/d", "too", 10).build()).lose();
    assertThat(watcher.takePayloads()).containsExactly("too");
  }

  @Test
  @Normative(MQTT5_3_1_2_8)
  void delayIsCutShortByACleanStart() {
    harness
        .connect(Packets.connect("c").expirySeconds(100).will("will/c", "gone", 10).build())
        .lose();
    harness.connect("c");
    assertThat(watcher.takePayloads()).containsExactly("gone");
  }

  @Test
  @Normative(MQTT5_3_1_3_9)
  @Scenario(89)
  void takeOverPublishesAWillWithoutDelayAndSparesADelayedOne() {
    ConnectBuilder connect = Packets.connect("c").cleanStart(false).expirySeconds(100);
    harness.connect(connect.will("will/c", "now").build());
    harness.connect(connect.will("will/c", "later", 10).build());
    assertThat(watcher.takePayloads()).containsExactly("now");
    harness.connect(Packets.connect("c").cleanStart(false).build());
    harness.advanceSeconds(1000);
    assertThat(watcher.takeAll()).isEmpty();
  }

  @Test
  void takeOverWithCleanStartPublishesADelayedWill() {
    harness.connect(Packets.connect("c").expirySeconds(100).will("will/c", "later", 10).build());
    harness.connect("c");
    assertThat(watcher.takePayloads()).containsExactly("later");
  }

  @Test
  void newConnectReplacesTheWill() {
    ConnectBuilder connect = Packets.connect("c").cleanStart(false).expirySeconds(100);
    harness.connect(connect.will("will/c", "old", 10).build()).lose();
    harness.connect(connect.will("will/c", "new", 10).build()).lose();
    harness.advanceSeconds(1000);
    assertThat(watcher.takePayloads()).containsExactly("new");
  }

  @Test
  @Normative({MQTT5_3_1_2_15, MQTT5_3_1_3_10, MQTT5_3_3_2_18, MQTT5_3_3_2_6})
  @Scenario(93)
  void retainQosAndPropertiesAreKept() {
    Properties properties =
        Properties.builder()
            .userProperty("b", "1")
            .put(Property.WILL_DELAY_INTERVAL, 3)
            .userProperty("a", "2")
            .put(Property.PAYLOAD_FORMAT_INDICATOR, 1)
            .put(Property.MESSAGE_EXPIRY_INTERVAL, 60)
            .userProperty("b", "3")
            .put(Property.CORRELATION_DATA, Bytes.hex("00ff"))
            .build();
    harness
        .connect(
            Packets.connect("c")
                .expirySeconds(100)
                .will("will/c", "gone", QoS.EXACTLY_ONCE, true, properties)
                .build())
        .lose();
    harness.advanceSeconds(3);
    Publish will = watcher.takePublish();
    assertThat(will.qos()).isEqualTo(QoS.EXACTLY_ONCE);
    assertThat(will.retain()).isFalse();
    assertThat(will.properties().userProperties())
        .containsExactly(
            new UserProperty("b", "1"), new UserProperty("a", "2"), new UserProperty("b", "3"));
    assertThat(will.properties().without(Property.USER_PROPERTY))
        .isEqualTo(
            Properties.builder()
                .put(Property.PAYLOAD_FORMAT_INDICATOR, 1)
                .put(Property.MESSAGE_EXPIRY_INTERVAL, 60)
                .put(Property.CORRELATION_DATA, Bytes.hex("00ff"))
                .build());
    assertThat(harness.broker.retainedCount()).isEqualTo(1);
  }

  @Test
  @Normative(MQTT5_3_1_2_14)
  void withoutRetainIsNotRetained() {
    withWill(Packets.connect("c")).lose();
    assertThat(harness.broker.retainedCount()).isZero();
  }

  @Test
  void bytesOfTheConnectMayBeOverwritten() {
    TestClient client = withWill(Packets.connect("c"));
    client.publish("a", "something else that needs the same buffer");
    client.lose();
    assertThat(watcher.takePayloads()).containsExactly("gone");
  }
}
