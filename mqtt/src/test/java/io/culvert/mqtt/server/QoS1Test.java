package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class QoS1Test {
  private final BrokerHarness harness = BrokerHarness.create();
  private final TestClient publisher = harness.connect("publisher");

  private TestClient subscriber(int receiveMaximum) {
    return harness
        .connect(
            Packets.connect("subscriber").with(Property.RECEIVE_MAXIMUM, receiveMaximum).build())
        .subscribe("a", QoS.AT_LEAST_ONCE);
  }

  private PubAck publish(int packetId, String payload) {
    return publisher
        .send(Packets.publish(packetId, "a", payload, QoS.AT_LEAST_ONCE))
        .take(PubAck.class);
  }

  @Test
  @Normative({MQTT5_4_3_2_4, MQTT5_3_3_4_1, MQTT5_2_2_1_5, MQTT5_3_4_2_1})
  @Scenario(109)
  void publishIsAcknowledgedAndSaysWhetherAnybodyGotIt() {
    assertThat(publish(65_535, "x"))
        .isEqualTo(Packets.pubAck(65_535, ReasonCode.NO_MATCHING_SUBSCRIBERS));
    subscriber(10);
    assertThat(publish(65_535, "x")).isEqualTo(Packets.pubAck(65_535));
  }

  @Test
  @Normative(MQTT5_4_3_2_5)
  void sameIdentifierAfterTheAcknowledgementIsANewMessage() {
    TestClient subscriber = subscriber(10);
    publish(1, "one");
    publisher
        .send(Packets.publish("a", "two").qos(QoS.AT_LEAST_ONCE).packetId(1).dup().build())
        .take(PubAck.class);
    assertThat(subscriber.takePayloads()).containsExactly("one", "two");
  }

  @Test
  @Normative(MQTT5_4_6_0_2)
  void acknowledgementsLeaveInOrderOfArrivalWheneverTheyAreDecided() {
    harness.hold();
    for (int id = 1; id <= 4; id++) {
      publisher.send(Packets.publish(id, "a", "x", QoS.AT_LEAST_ONCE));
    }
    publisher.server.acceptPublish(3, ReasonCode.SUCCESS);
    publisher.server.acceptPublish(2, ReasonCode.QUOTA_EXCEEDED);
    publisher.link.runUntilIdle();
    assertThat(publisher.takeAll()).isEmpty();
    publisher.server.acceptPublish(1, ReasonCode.SUCCESS);
    publisher.link.runUntilIdle();
    assertThat(publisher.takeAll())
        .containsExactly(
            Packets.pubAck(1), Packets.pubAck(2, ReasonCode.QUOTA_EXCEEDED), Packets.pubAck(3));
    publisher.server.acceptPublish(4, ReasonCode.SUCCESS);
    publisher.server.acceptPublish(4, ReasonCode.SUCCESS); // nothing waits for it any more
    publisher.link.runUntilIdle();
    assertThat(publisher.takeAll()).containsExactly(Packets.pubAck(4));
  }

  @Test
  @Normative({MQTT5_2_2_1_4, MQTT5_4_3_2_1, MQTT5_4_3_2_2})
  @Scenario(112)
  void deliveriesInFlightHaveIdentifiersOfTheirOwn() {
    TestClient subscriber = subscriber(100);
    List<Integer> ids = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      publish(7, "m" + i);
    }
    for (Publish publish : subscriber.takePublishes()) {
      assertThat(publish.packetId()).isBetween(1, 65_535);
      assertThat(publish.dup()).isFalse();
      ids.add(publish.packetId());
    }
    assertThat(ids).hasSize(100).doesNotHaveDuplicates();
  }

  @Test
  @Normative({MQTT5_3_3_4_9, MQTT5_4_9_0_1, MQTT5_4_9_0_2, MQTT5_4_3_2_3})
  @Scenario(115)
  void neverMoreAreUnacknowledgedThanTheClientTakes() {
    TestClient subscriber = subscriber(2);
    for (int i = 1; i <= 5; i++) {
      publish(i, "m" + i);
    }
    List<Publish> first = subscriber.takePublishes();
    assertThat(first).hasSize(2);
    assertThat(subscriber.session().inFlight()).isEqualTo(2);
    assertThat(subscriber.session().queuedMessages()).isEqualTo(3);
    Publish third = subscriber.send(Packets.pubAck(first.get(1).packetId())).takePublish();
    assertThat(third.payload().toUtf8()).isEqualTo("m3");
    subscriber.send(
        Packets.pubAck(first.get(0).packetId()),
        Packets.pubAck(third.packetId(), ReasonCode.UNSPECIFIED_ERROR)); // final, too
    assertThat(subscriber.takePayloads()).containsExactly("m4", "m5");
  }

  @Test
  @Normative({MQTT5_3_3_4_10, MQTT5_4_9_0_3})
  void otherPacketsAreNotHeldBackByAFullWindow() {
    TestClient subscriber = subscriber(1).subscribe("b", QoS.AT_MOST_ONCE);
    publish(1, "first");
    publish(2, "waits");
    subscriber.takePublish();
    publisher.publish("b", "does not wait");
    assertThat(subscriber.takePayloads()).containsExactly("does not wait");
    subscriber.subscribe("c", QoS.EXACTLY_ONCE);
  }

  @Test
  void unknownAcknowledgementIsIgnored() {
    TestClient subscriber = subscriber(1);
    subscriber.send(Packets.pubAck(1), Packets.pubAck(65_535), Packets.pubComp(3));
    assertThat(subscriber.takeAll()).isEmpty();
    publish(1, "m1");
    publish(2, "m2");
    int packetId = subscriber.takePublish().packetId();
    subscriber.send(Packets.pubAck(packetId == 1 ? 2 : 1));
    assertThat(subscriber.takeAll()).isEmpty();
    subscriber.send(Packets.pubAck(packetId));
    assertThat(subscriber.takePayloads()).containsExactly("m2");
  }

  @Test
  void acknowledgementOfTheWrongKindIsAProtocolError() {
    TestClient subscriber = subscriber(1);
    publish(1, "m1");
    int packetId = subscriber.takePublish().packetId();
    subscriber.send(Packets.pubRec(packetId));
    assertThat(subscriber.take(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.PROTOCOL_ERROR);
  }

  @Test
  @Normative(MQTT5_3_3_4_7)
  @Scenario(115)
  void moreUnacknowledgedThanTheServerTakesIsAProtocolError() {
    BrokerHarness strict = BrokerHarness.create(limits -> limits.receiveMaximum(2));
    TestClient client = strict.open();
    assertThat(
            client
                .connect(Packets.connect("c").build())
                .properties()
                .integer(Property.RECEIVE_MAXIMUM, -1))
        .isEqualTo(2);
    for (int i = 1; i < 10; i++) { // what is acknowledged does not count
      client.send(Packets.publish(i, "a", "x", QoS.AT_LEAST_ONCE)).take(PubAck.class);
    }
    strict.hold();
    client.send(Packets.publish(1, "a", "x", QoS.AT_LEAST_ONCE));
    client.send(Packets.publish(2, "a", "x", QoS.AT_LEAST_ONCE));
    client.publish("a", "QoS 0 does not count");
    assertThat(client.takeAll()).isEmpty();
    client.send(Packets.publish(3, "a", "x", QoS.AT_LEAST_ONCE));
    assertThat(client.take(Disconnect.class).reasonCode())
        .isEqualTo(ReasonCode.RECEIVE_MAXIMUM_EXCEEDED);
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void clientBeforeMqtt5IsNotReadWhileTooMuchIsUnacknowledged() {
    BrokerHarness strict = BrokerHarness.create(limits -> limits.receiveMaximum(2));
    TestClient client =
        strict.connect(Packets.connect("c").version(MqttVersion.MQTT_3_1_1).build());
    strict.hold();
    for (int i = 1; i <= 5; i++) {
      client.send(Packets.publish(i, "a", "x", QoS.AT_LEAST_ONCE));
    }
    assertThat(client.server.awaitsDecision()).isTrue();
    assertThat(client.events()).hasSize(1 + 2); // CONNECT and two of five
    strict.release();
    assertThat(client.takeAll()).hasSize(5).allMatch(PubAck.class::isInstance);
    assertThat(client.isClosed()).isFalse();
  }
}
