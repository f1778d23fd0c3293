package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.PubComp;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.PubRel;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import org.junit.jupiter.api.Test;

class QoS2Test {
  private final BrokerHarness harness = BrokerHarness.create();
  private final TestClient publisher = harness.connect("publisher");
  private final TestClient subscriber =
      harness.connect("subscriber").subscribe("a", QoS.EXACTLY_ONCE);

  private static Publish message(int packetId, String payload) {
    return Packets.publish(packetId, "a", payload, QoS.EXACTLY_ONCE);
  }

  private static Publish again(int packetId, String payload) {
    return Packets.publish("a", payload).qos(QoS.EXACTLY_ONCE).packetId(packetId).dup().build();
  }

  @Test
  @Normative({MQTT5_4_3_3_8, MQTT5_4_3_3_11, MQTT5_3_5_2_1, MQTT5_3_7_2_1, MQTT5_2_2_1_5})
  void inboundGoesThroughItsFourPackets() {
    assertThat(publisher.send(message(9, "x")).takeAll()).containsExactly(Packets.pubRec(9));
    assertThat(publisher.send(Packets.pubRel(9)).takeAll()).containsExactly(Packets.pubComp(9));
    assertThat(subscriber.takePayloads()).containsExactly("x");
  }

  @Test
  @Normative(MQTT5_4_3_3_10)
  @Scenario(110)
  void repeatedBeforePubRelIsAnsweredAgainAndDeliveredOnce() {
    publisher.send(message(9, "x"), again(9, "x"), again(9, "x"));
    assertThat(publisher.takeAll())
        .containsExactly(Packets.pubRec(9), Packets.pubRec(9), Packets.pubRec(9));
    publisher.send(Packets.pubRel(9)).take(PubComp.class);
    assertThat(subscriber.takePayloads()).containsExactly("x");
    assertThat(harness.broker.counters().received()).isEqualTo(1);
  }

  @Test
  @Normative(MQTT5_4_3_3_12)
  @Scenario(110)
  void sameIdentifierAfterPubCompIsANewMessage() {
    publisher.send(message(9, "x"), Packets.pubRel(9), again(9, "y"), Packets.pubRel(9));
    assertThat(publisher.takeAll())
        .hasExactlyElementsOfTypes(PubRec.class, PubComp.class, PubRec.class, PubComp.class);
    assertThat(subscriber.takePayloads()).containsExactly("x", "y");
  }

  @Test
  @Normative(MQTT5_4_3_3_9)
  void sameIdentifierAfterARefusalIsANewMessage() {
    assertThat(
            publisher
                .send(Packets.publish(9, "$SYS/x", "x", QoS.EXACTLY_ONCE))
                .take(PubRec.class)
                .reasonCode())
        .isEqualTo(ReasonCode.NOT_AUTHORIZED);
    assertThat(publisher.send(message(9, "y")).takeAll()).containsExactly(Packets.pubRec(9));
    assertThat(subscriber.takePayloads()).containsExactly("y");
  }

  @Test
  void pubRelBeforePubRecIsAProtocolError() {
    harness.hold();
    publisher.send(message(9, "x"), Packets.pubRel(9));
    assertThat(publisher.take(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.PROTOCOL_ERROR);
    assertThat(publisher.isClosed()).isTrue();
  }

  @Test
  @Scenario(111)
  void pubRelOfAnUnknownIdentifierIsAnsweredAndSaysSo() {
    assertThat(publisher.send(Packets.pubRel(9)).take(PubComp.class))
        .isEqualTo(Packets.pubComp(9, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND));
  }

  @Test
  @Normative(MQTT5_4_6_0_3)
  void pubRecsAndPubAcksLeaveInOrderOfArrival() {
    harness.hold();
    publisher.send(
        message(1, "x"), Packets.publish(2, "a", "y", QoS.AT_LEAST_ONCE), message(3, "z"));
    publisher.server.acceptPublish(3, ReasonCode.SUCCESS);
    publisher.server.acceptPublish(2, ReasonCode.SUCCESS);
    publisher.link.runUntilIdle();
    assertThat(publisher.takeAll()).isEmpty();
    publisher.server.acceptPublish(1, ReasonCode.SUCCESS);
    publisher.link.runUntilIdle();
    assertThat(publisher.takeAll())
        .containsExactly(Packets.pubRec(1), Packets.pubAck(2), Packets.pubRec(3));
  }

  @Test
  @Normative(MQTT5_4_3_3_10)
  void repeatedWhileTheFirstIsUndecidedIsNotAnsweredBeforeTheDecision() {
    harness.hold();
    publisher.send(message(9, "x"), again(9, "x"), again(9, "x"));
    assertThat(publisher.takeAll()).isEmpty();
    publisher.server.acceptPublish(9, ReasonCode.QUOTA_EXCEEDED);
    publisher.link.runUntilIdle();
    assertThat(publisher.takeAll()).containsExactly(Packets.pubRec(9, ReasonCode.QUOTA_EXCEEDED));
  }

  @Test
  void identifierOfAnUndecidedMessageIsNoneForQos1() {
    harness.hold();
    publisher.send(message(9, "x"), Packets.publish(9, "a", "y", QoS.AT_LEAST_ONCE));
    assertThat(publisher.takeAll()).isEmpty();
    publisher.server.acceptPublish(9, ReasonCode.SUCCESS);
    publisher.link.runUntilIdle();
    assertThat(publisher.takeAll())
        .containsExactly(Packets.pubRec(9), Packets.pubAck(9, ReasonCode.PACKET_IDENTIFIER_IN_USE));
  }

  @Test
  @Normative(MQTT3_2_3_1_2)
  void identifierInUseBeforeMqtt5Closes() {
    TestClient older =
        harness.connect(Packets.connect("c").version(MqttVersion.MQTT_3_1_1).build());
    older.send(message(9, "x")).take(PubRec.class);
    older.send(Packets.publish(9, "a", "y", QoS.AT_LEAST_ONCE));
    assertThat(older.takeAll()).isEmpty();
    assertThat(older.isClosed()).isTrue();
    assertThat(subscriber.takePayloads()).containsExactly("x");
  }

  @Test
  void identifierThatAnOlderClientHasForgottenIsFree() {
    Connect connect =
        Packets.connect("c").version(MqttVersion.MQTT_3_1_1).cleanStart(false).build();
    TestClient before = harness.connect(connect);
    before.send(message(9, "x")).take(PubRec.class);
    before.lose();
    TestClient after = harness.connect(connect);
    after.send(Packets.publish(9, "a", "y", QoS.AT_LEAST_ONCE)).take(PubAck.class);
    after.send(message(9, "z")).take(PubRec.class);
    assertThat(subscriber.takePayloads()).containsExactly("x", "y", "z");
  }

  @Test
  void repetitionsBehindAnUndecidedMessageTakeNoMemory() {
    publisher.send(message(2, "x")).take(PubRec.class);
    harness.hold();
    publisher.send(message(1, "x"));
    for (int i = 0; i < 10_000; i += 2) {
      publisher.send(again(2, "x"), again(1, "x"));
    }
    publisher.server.acceptPublish(1, ReasonCode.SUCCESS);
    publisher.link.runUntilIdle();
    assertThat(publisher.takeAll()).containsExactly(Packets.pubRec(1), Packets.pubRec(2));
  }

  @Test
  @Normative({
    MQTT5_4_3_3_1,
    MQTT5_4_3_3_2,
    MQTT5_4_3_3_4,
    MQTT5_4_3_3_5,
    MQTT5_3_6_2_1,
    MQTT5_2_2_1_5
  })
  void outboundGoesThroughItsFourPackets() {
    publisher.send(message(9, "x"));
    Publish delivered = subscriber.takePublish();
    assertThat(delivered.dup()).isFalse();
    int packetId = delivered.packetId();
    assertThat(subscriber.send(Packets.pubRec(packetId)).take(PubRel.class))
        .isEqualTo(Packets.pubRel(packetId));
    assertThat(subscriber.session().inFlight()).isEqualTo(1);
    assertThat(subscriber.send(Packets.pubComp(packetId)).takeAll()).isEmpty();
    assertThat(subscriber.session().inFlight()).isZero();
  }

  @Test
  void pubRecTwiceIsAnsweredTwice() {
    publisher.send(message(9, "x"));
    int packetId = subscriber.takePublish().packetId();
    subscriber.send(Packets.pubRec(packetId), Packets.pubRec(packetId));
    assertThat(subscriber.takeAll())
        .containsExactly(Packets.pubRel(packetId), Packets.pubRel(packetId));
  }

  @Test
  @Normative({MQTT5_4_4_0_2, MQTT5_4_3_3_9})
  void pubRecWithAnErrorEndsTheDelivery() {
    publisher.send(message(9, "x"));
    int packetId = subscriber.takePublish().packetId();
    subscriber.send(Packets.pubRec(packetId, ReasonCode.QUOTA_EXCEEDED));
    assertThat(subscriber.takeAll()).isEmpty();
    assertThat(subscriber.session().inFlight()).isZero();
  }

  @Test
  void pubRecOfAnUnknownIdentifierIsAnsweredAndSaysSo() {
    assertThat(subscriber.send(Packets.pubRec(10)).take(PubRel.class).reasonCode())
        .isEqualTo(ReasonCode.PACKET_IDENTIFIER_NOT_FOUND);
  }

  @Test
  @Normative(MQTT5_4_3_3_3)
  void pubAckOrPubCompInsteadOfPubRecIsAProtocolError() {
    publisher.send(message(9, "x"));
    int packetId = subscriber.takePublish().packetId();
    subscriber.send(Packets.pubComp(packetId));
    assertThat(subscriber.take(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.PROTOCOL_ERROR);
    TestClient other = harness.connect("other").subscribe("a", QoS.EXACTLY_ONCE);
    publisher.send(message(10, "x"));
    other.send(Packets.pubAck(other.takePublish().packetId()));
    assertThat(other.take(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.PROTOCOL_ERROR);
  }

  @Test
  @Normative({MQTT5_3_3_4_9, MQTT5_4_9_0_2})
  void windowIsGivenBackByPubComp() {
    TestClient narrow =
        harness
            .connect(Packets.connect("narrow").with(Property.RECEIVE_MAXIMUM, 1).build())
            .subscribe("a", QoS.EXACTLY_ONCE);
    publisher.send(message(1, "one"), message(2, "two"));
    int packetId = narrow.takePublish().packetId();
    narrow.send(Packets.pubRec(packetId)).take(PubRel.class);
    assertThat(narrow.send(Packets.pubComp(packetId)).takePayloads()).containsExactly("two");
  }

  @Test
  @Scenario(61)
  void identifiersOfBothDirectionsAreIndependent() {
    TestClient both = harness.connect("both").subscribe("a", QoS.EXACTLY_ONCE);
    publisher.send(message(1, "in"));
    int packetId = both.takePublish().packetId();
    both.send(Packets.publish(packetId, "b", "out", QoS.EXACTLY_ONCE)).take(PubRec.class);
    assertThat(both.send(Packets.pubRec(packetId)).takeAll())
        .containsExactly(Packets.pubRel(packetId));
    assertThat(both.send(Packets.pubRel(packetId)).takeAll())
        .containsExactly(Packets.pubComp(packetId));
    assertThat(both.send(Packets.pubComp(packetId)).takeAll()).isEmpty();
    assertThat(both.session().inFlight()).isZero();
    both.send(Packets.publish(packetId, "b", "out", QoS.AT_LEAST_ONCE)).take(PubAck.class);
  }

  @Test
  @Normative(MQTT5_3_3_4_7)
  void receiveMaximumCountsUntilPubRel() {
    BrokerHarness strict = BrokerHarness.create(limits -> limits.receiveMaximum(2));
    TestClient client = strict.connect("c");
    client.send(message(1, "x"), message(2, "x"), Packets.pubRel(1), message(3, "x"));
    assertThat(client.takeAll()).hasSize(4);
    client.send(message(4, "x"));
    assertThat(client.take(Disconnect.class).reasonCode())
        .isEqualTo(ReasonCode.RECEIVE_MAXIMUM_EXCEEDED);
  }
}
