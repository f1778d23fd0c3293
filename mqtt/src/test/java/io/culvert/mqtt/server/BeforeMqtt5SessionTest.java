package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Normative;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.PubRel;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions, retained messages and wills of clients that speak MQTT 3.1.1. */
class BeforeMqtt5SessionTest {
  private final BrokerHarness harness = BrokerHarness.create();
  private final TestClient publisher = harness.connect(clean("publisher").build());

  private static ConnectBuilder clean(String clientId) {
    return Packets.connect(clientId).version(MqttVersion.MQTT_3_1_1);
  }

  private static ConnectBuilder keeping(String clientId) {
    return clean(clientId).cleanStart(false);
  }

  private void publish(int packetId, String payload, QoS qos) {
    publisher.send(Packets.publish(packetId, "a", payload, qos));
    if (qos == QoS.EXACTLY_ONCE) {
      publisher.send(Packets.pubRel(packetId));
    }
    publisher.takeAll();
  }

  /** What comes behind a CONNACK that says that the session is there. */
  private List<MqttPacket> comeBack(TestClient client, ConnectBuilder connect) {
    List<MqttPacket> all = client.send(connect.build()).takeAll();
    assertThat(((ConnAck) all.get(0)).sessionPresent()).isTrue();
    return all.subList(1, all.size());
  }

  private static Publish again(Publish sent) {
    return Packets.publish("a", sent.payload().toUtf8())
        .qos(sent.qos())
        .packetId(sent.packetId())
        .dup()
        .build();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "0123456789ABCDEFGHIJKLM", "NOPQRSTUVWXYZabcdefghij", "klmnopqrstuvwxyz"})
  @Normative(MQTT3_3_1_3_5)
  void usualClientIdentifiersAreAccepted(String clientId) {
    assertThat(harness.connect(clean(clientId).build()).session().clientId()).isEqualTo(clientId);
  }

  @Test
  @Normative({MQTT3_4_1_0_1, MQTT3_4_1_0_2})
  void sessionDoesNotEndWhileItIsConnected() {
    BrokerHarness strict = BrokerHarness.create(limits -> limits.sessionExpirySeconds(100));
    TestClient client = strict.connect(keeping("c").build()).subscribe("a", QoS.AT_LEAST_ONCE);
    strict.advanceSeconds(1000);
    assertThat(strict.session("c")).isSameAs(client.session());
    assertThat(strict.session("c").subscriptions()).hasSize(1);
    client.lose();
    strict.advanceSeconds(99);
    assertThat(strict.session("c").subscriptions()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"AT_LEAST_ONCE", "EXACTLY_ONCE"})
  @Normative({
    MQTT3_3_1_2_5,
    MQTT3_4_5_0_1,
    MQTT3_4_4_0_1,
    MQTT3_3_3_1_1,
    MQTT3_4_6_0_1,
    MQTT3_4_1_0_1
  })
  void storedSessionGetsWhatItMissedBehindWhatIsSentAgain(QoS qos) {
    TestClient client = harness.connect(keeping("c").build()).subscribe("a", qos);
    publish(1, "m1", qos);
    publish(2, "m2", qos);
    List<Publish> sent = client.takePublishes();
    client.lose();
    publish(3, "m3", qos);
    publish(4, "m4", qos);

    TestClient back = harness.open();
    List<MqttPacket> all = comeBack(back, keeping("c"));

    assertThat(all).hasSize(4).startsWith(again(sent.get(0)), again(sent.get(1)));
    assertThat(all.subList(2, 4))
        .extracting(packet -> ((Publish) packet).payload().toUtf8())
        .containsExactly("m3", "m4");
    assertThat(all.subList(2, 4)).noneMatch(packet -> ((Publish) packet).dup());
  }

  @Test
  @Normative({MQTT3_4_3_3_1, MQTT3_4_4_0_1})
  void pubRelIsSentAgainInsteadOfItsMessage() {
    TestClient client = harness.connect(keeping("c").build()).subscribe("a", QoS.EXACTLY_ONCE);
    publish(1, "m1", QoS.EXACTLY_ONCE);
    int packetId = client.takePublish().packetId();
    client.send(Packets.pubRec(packetId)).take(PubRel.class);
    client.lose();
    assertThat(comeBack(harness.open(), keeping("c"))).containsExactly(Packets.pubRel(packetId));
  }

  @Test
  @Normative(MQTT3_4_3_3_2)
  void publisherThatRepeatsAfterResumptionIsNotHeardTwice() {
    TestClient subscriber = harness.connect("s").subscribe("a", QoS.AT_MOST_ONCE);
    Publish message = Packets.publish(5, "a", "once", QoS.EXACTLY_ONCE);
    harness.connect(keeping("c").build()).send(message).lose();
    TestClient back = harness.open();
    assertThat(comeBack(back, keeping("c"))).isEmpty();
    assertThat(back.send(again(message)).takeAll()).containsExactly(Packets.pubRec(5));
    assertThat(back.send(Packets.pubRel(5)).takeAll()).containsExactly(Packets.pubComp(5));
    assertThat(subscriber.takePayloads()).containsExactly("once");
  }

  @Test
  @Normative(MQTT3_3_1_2_7)
  void retainedMessageOutlivesTheSessionThatSentIt() {
    publisher.send(retained("x")).lose();
    assertThat(harness.broker.session("publisher")).isNull();
    assertThat(retainedFor("c")).containsExactly(retained("x"));
  }

  @Test
  @Normative({MQTT3_3_3_1_9, MQTT3_3_3_1_10, MQTT3_3_3_1_11, MQTT3_3_3_1_12})
  void retainedMessagesAreForwardedReplacedAndRemoved() {
    TestClient watcher = harness.connect(clean("w").build()).subscribe("a", QoS.AT_MOST_ONCE);
    publisher.send(retained("kept")).publish("a", "passing").publish("a", "");
    assertThat(watcher.takePublishes()).hasSize(3).noneMatch(Publish::retain);
    assertThat(retainedFor("early")).containsExactly(retained("kept"));

    publisher.send(retained(""));

    assertThat(watcher.takePublish()).isEqualTo(Packets.publish("a", "").build());
    assertThat(harness.broker.retainedCount()).isZero();
    assertThat(retainedFor("late")).isEmpty();
  }

  private static Publish retained(String payload) {
    return Packets.publish("a", payload).retain().build();
  }

  private List<MqttPacket> retainedFor(String clientId) {
    TestClient client = harness.connect(clean(clientId).build());
    List<MqttPacket> all = client.send(Packets.subscribe(1, "a", QoS.AT_MOST_ONCE)).takeAll();
    return all.subList(1, all.size());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @Normative({MQTT3_3_1_2_16, MQTT3_3_1_2_17, MQTT3_3_1_2_9})
  void willIsRetainedWhereItSaysSo(boolean retain) {
    TestClient watcher = harness.connect("w").subscribe("a", QoS.EXACTLY_ONCE);
    harness
        .connect(clean("c").will("a", "gone", QoS.EXACTLY_ONCE, retain, Properties.EMPTY).build())
        .lose();
    assertThat(watcher.takePublish().qos()).isEqualTo(QoS.EXACTLY_ONCE);
    assertThat(harness.broker.retainedCount()).isEqualTo(retain ? 1 : 0);
  }

  @Test
  @Normative(MQTT3_3_1_2_24)
  void willIsPublishedWhenTheKeepAliveHasPassed() {
    TestClient watcher = harness.connect("w").subscribe("a", QoS.AT_MOST_ONCE);
    harness.connect(clean("c").keepAlive(10).will("a", "gone").build());
    harness.advance(14_999);
    assertThat(watcher.takeAll()).isEmpty();
    harness.advance(1);
    assertThat(watcher.takePayloads()).containsExactly("gone");
  }
}
