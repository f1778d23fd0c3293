package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.PubRel;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ResumptionTest {
  private static final Connect RESUMING =
      Packets.connect("c").cleanStart(false).expirySeconds(3600).build();

  private final BrokerHarness harness = BrokerHarness.create();
  private final TestClient publisher = harness.connect("publisher");

  private TestClient client = harness.connect(RESUMING);

  /** Loses the connection and comes back; gives what came behind CONNACK. */
  private List<MqttPacket> comeBack(Connect connect) {
    client.lose();
    client = harness.open().send(connect);
    List<MqttPacket> all = client.takeAll();
    assertThat(all.get(0)).isInstanceOf(ConnAck.class);
    assertThat(((ConnAck) all.get(0)).sessionPresent()).isTrue();
    return all.subList(1, all.size());
  }

  private void publish(int packetId, String payload, QoS qos) {
    publisher.send(Packets.publish(packetId, "a", payload, qos));
    if (qos == QoS.EXACTLY_ONCE) {
      publisher.send(Packets.pubRel(packetId));
    }
    publisher.takeAll();
  }

  @ParameterizedTest
  @EnumSource(
      value = QoS.class,
      names = {"AT_LEAST_ONCE", "EXACTLY_ONCE"})
  @Normative({MQTT5_4_4_0_1, MQTT5_3_3_1_1, MQTT5_4_6_0_1, MQTT5_4_3_2_3, MQTT5_4_3_3_3})
  void unacknowledgedIsSentAgainInOrderWithItsIdentifiers(QoS qos) {
    client.subscribe("a", qos);
    for (int i = 1; i <= 4; i++) {
      publish(i, "m" + i, qos);
    }
    List<Publish> sent = client.takePublishes();
    MqttPacket end =
        qos == QoS.AT_LEAST_ONCE
            ? Packets.pubAck(sent.get(1).packetId())
            : Packets.pubRec(sent.get(1).packetId(), ReasonCode.UNSPECIFIED_ERROR);
    client.send(end);
    for (int times = 0; times < 3; times++) {
      assertThat(comeBack(RESUMING))
          .containsExactly(dup(sent.get(0)), dup(sent.get(2)), dup(sent.get(3)));
    }
  }

  private static Publish dup(Publish sent) {
    return Packets.publish(sent.topic().toString(), sent.payload().toUtf8())
        .qos(sent.qos())
        .packetId(sent.packetId())
        .dup()
        .build();
  }

  @Test
  @Normative({MQTT5_4_3_3_6, MQTT5_4_4_0_1, MQTT5_4_3_3_5})
  void pubRelIsSentAgainInsteadOfItsMessage() {
    client.subscribe("a", QoS.EXACTLY_ONCE);
    publish(1, "m1", QoS.EXACTLY_ONCE);
    publish(2, "m2", QoS.EXACTLY_ONCE);
    List<Publish> sent = client.takePublishes();
    client.send(Packets.pubRec(sent.get(0).packetId())).take(PubRel.class);
    assertThat(comeBack(RESUMING))
        .containsExactly(Packets.pubRel(sent.get(0).packetId()), dup(sent.get(1)));
    client.send(Packets.pubComp(sent.get(0).packetId()));
    assertThat(comeBack(RESUMING)).containsExactly(dup(sent.get(1)));
  }

  @Test
  @Normative(MQTT5_4_5_0_1)
  void offlineMessagesFollowInOrderBehindWhatIsSentAgain() {
    client.subscribe("a", QoS.AT_LEAST_ONCE);
    publish(1, "m1", QoS.AT_LEAST_ONCE);
    Publish sent = client.takePublish();
    client.lose();
    publish(2, "m2", QoS.AT_LEAST_ONCE);
    publisher.publish("a", "QoS 0 is not kept");
    publish(3, "m3", QoS.EXACTLY_ONCE);
    client = harness.open().send(RESUMING);
    List<MqttPacket> all = client.takeAll();
    assertThat(all.get(1)).isEqualTo(dup(sent));
    assertThat(all.subList(2, 4))
        .extracting(packet -> ((Publish) packet).payload().toUtf8())
        .containsExactly("m2", "m3");
    assertThat(all.subList(2, 4)).noneMatch(packet -> ((Publish) packet).dup());
    assertThat(all).hasSize(4);
    assertThat(harness.broker.counters().dropped(DropReason.OFFLINE)).isEqualTo(1);
  }

  @Test
  @Normative({MQTT5_3_3_4_9, MQTT5_4_9_0_2})
  void smallerReceiveMaximumOfTheNextConnectionIsKept() {
    client.subscribe("a", QoS.AT_LEAST_ONCE);
    for (int i = 1; i <= 4; i++) {
      publish(i, "m" + i, QoS.AT_LEAST_ONCE);
    }
    List<Publish> sent = client.takePublishes();
    publish(5, "m5", QoS.AT_LEAST_ONCE);
    client.takePublish();
    Connect narrow =
        Packets.connect("c")
            .cleanStart(false)
            .expirySeconds(3600)
            .with(Property.RECEIVE_MAXIMUM, 2)
            .build();
    assertThat(comeBack(narrow)).containsExactly(dup(sent.get(0)), dup(sent.get(1)));
    publish(6, "m6", QoS.AT_LEAST_ONCE);
    assertThat(client.takeAll()).isEmpty();
    client.send(Packets.pubAck(sent.get(1).packetId()));
    assertThat(client.takeAll()).containsExactly(dup(sent.get(2)));
    client.send(Packets.pubAck(sent.get(0).packetId()), Packets.pubAck(sent.get(2).packetId()));
    assertThat(client.takePayloads()).containsExactly("m4", "m5");
    client.send(Packets.pubAck(sent.get(3).packetId()));
    assertThat(client.takePayloads()).containsExactly("m6");
  }

  @Test
  @Normative(MQTT5_4_6_0_5)
  void newMessagesNeverOvertakeThoseThatAreSentAgain() {
    client.subscribe("a", QoS.AT_LEAST_ONCE);
    for (int i = 1; i <= 3; i++) {
      publish(i, "m" + i, QoS.AT_LEAST_ONCE);
    }
    List<Publish> sent = client.takePublishes();
    Connect narrow =
        Packets.connect("c")
            .cleanStart(false)
            .expirySeconds(3600)
            .with(Property.RECEIVE_MAXIMUM, 1)
            .build();
    assertThat(comeBack(narrow)).containsExactly(dup(sent.get(0)));
    client.send( // one chunk
        Packets.pubAck(sent.get(0).packetId()), Packets.publish(1, "a", "m4", QoS.AT_LEAST_ONCE));
    assertThat(client.takeAll()).containsExactly(Packets.pubAck(1), dup(sent.get(1)));
    client.send(Packets.pubAck(sent.get(1).packetId()));
    assertThat(client.takeAll()).containsExactly(dup(sent.get(2)));
    client.send(Packets.pubAck(sent.get(2).packetId()));
    assertThat(client.takePayloads()).containsExactly("m4");
  }

  @Test
  @Normative(MQTT5_4_3_3_10)
  void publisherThatRepeatsAfterResumptionIsNotHeardTwice() {
    TestClient subscriber = harness.connect("s").subscribe("b", QoS.AT_MOST_ONCE);
    Publish message = Packets.publish(5, "b", "once", QoS.EXACTLY_ONCE);
    client.send(message).take(PubRec.class);
    comeBack(RESUMING);
    client.send(dup(message));
    assertThat(client.takeAll()).containsExactly(Packets.pubRec(5));
    client.send(Packets.pubRel(5));
    assertThat(client.takeAll()).containsExactly(Packets.pubComp(5));
    assertThat(subscriber.takePayloads()).containsExactly("once");
  }

  @Test
  void publisherThatStartsCleanlyIsHeardAgain() {
    TestClient subscriber = harness.connect("s").subscribe("b", QoS.AT_MOST_ONCE);
    client.send(Packets.publish(5, "b", "one", QoS.EXACTLY_ONCE)).take(PubRec.class);
    client.lose();
    client = harness.connect("c");
    client.send(Packets.publish(5, "b", "two", QoS.EXACTLY_ONCE)).take(PubRec.class);
    assertThat(subscriber.takePayloads()).containsExactly("one", "two");
  }

  @Test
  void cleanStartEndsWhatWasInFlightAndWaiting() {
    client.subscribe("a", QoS.AT_LEAST_ONCE);
    publish(1, "m1", QoS.AT_LEAST_ONCE);
    client.lose();
    publish(2, "m2", QoS.AT_LEAST_ONCE);
    client = harness.connect("c");
    assertThat(client.takeAll()).isEmpty();
    assertThat(harness.broker.counters().dropped(DropReason.SESSION_ENDED)).isEqualTo(2);
  }

  @Test
  @Normative(MQTT5_3_1_2_23)
  @Scenario(90)
  void disconnectMayChangeTheExpiry() {
    client.send(Packets.disconnect(10)).endStream();
    harness.advance(9_999);
    assertThat(harness.broker.sessionCount()).isEqualTo(2);
    harness.advance(1);
    assertThat(harness.broker.sessionCount()).isEqualTo(1);
    client = harness.connect(RESUMING);
    client.send(Packets.disconnect(0)).endStream();
    assertThat(harness.broker.sessionCount()).isEqualTo(1);
  }

  @Test
  @Scenario(90)
  void disconnectMayNotGiveAnExpiryToASessionThatHadNone() {
    client = harness.connect("c");
    client.send(Packets.disconnect(10));
    assertThat(client.take(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.PROTOCOL_ERROR);
    assertThat(harness.broker.sessionCount()).isEqualTo(1);
  }

  @Test
  void disconnectCannotRaiseTheExpiryBeyondWhatTheServerAllows() {
    BrokerHarness strict = BrokerHarness.create(limits -> limits.sessionExpirySeconds(5));
    TestClient other = strict.open();
    ConnAck connAck = other.connect(RESUMING);
    assertThat(connAck.properties().integer(Property.SESSION_EXPIRY_INTERVAL, -1)).isEqualTo(5);
    other.send(Packets.disconnect(1000)).endStream();
    strict.advance(5_000);
    assertThat(strict.broker.sessionCount()).isZero();
  }

  @Test
  void sessionMayBeResumedWithAnotherVersion() {
    client.subscribe("a", QoS.AT_LEAST_ONCE);
    publisher.send(
        Packets.publish("a", "m").qos(QoS.AT_LEAST_ONCE).packetId(1).user("name", "value").build());
    Publish five = client.takePublish();
    assertThat(five.properties().userProperties()).hasSize(1);
    Connect older = Packets.connect("c").version(MqttVersion.MQTT_3_1_1).cleanStart(false).build();
    assertThat(comeBack(older)).containsExactly(dup(five));
    assertThat(comeBack(RESUMING))
        .extracting(packet -> ((Publish) packet).properties().userProperties().size())
        .containsExactly(1);
  }

  @Test
  @Normative(MQTT5_3_3_4_7)
  void releasesOfEarlierExchangesDoNotRaiseTheReceiveMaximum() {
    BrokerHarness two = BrokerHarness.create(limits -> limits.receiveMaximum(2));
    TestClient client = two.resume("client");
    client.send(
        Packets.publish(1, "a", "x", QoS.EXACTLY_ONCE),
        Packets.publish(2, "a", "x", QoS.EXACTLY_ONCE));
    client.lose();
    TestClient again = two.resume("client");
    again.send(Packets.pubRel(1), Packets.pubRel(2));
    again.send(
        Packets.publish(3, "a", "x", QoS.EXACTLY_ONCE),
        Packets.publish(4, "a", "x", QoS.EXACTLY_ONCE));
    assertThat(again.isClosed()).isFalse();
    again.send(Packets.publish(5, "a", "x", QoS.EXACTLY_ONCE));
    assertThat(again.isClosed()).isTrue();
    assertThat(again.takeAll())
        .last()
        .extracting(packet -> ((Disconnect) packet).reasonCode())
        .isEqualTo(ReasonCode.RECEIVE_MAXIMUM_EXCEEDED);
  }
}
