package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.PubComp;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.UnsubAck;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages between clients that all speak MQTT 3.1.1. */
class BeforeMqtt5DeliveryTest {
  private final BrokerHarness harness = BrokerHarness.create();
  private final TestClient publisher = connect("publisher");

  private TestClient connect(String clientId) {
    return harness.connect(Packets.connect(clientId).version(MqttVersion.MQTT_3_1_1).build());
  }

  private static Publish message(int packetId, String payload, QoS qos) {
    return Packets.publish(packetId, "a", payload, qos);
  }

  private static Publish again(int packetId, String payload, QoS qos) {
    return Packets.publish("a", payload).qos(qos).packetId(packetId).dup().build();
  }

  @Test
  @Normative({MQTT3_3_3_2_1, MQTT3_2_3_1_5, MQTT3_3_3_1_2, MQTT3_4_3_1_1})
  void qos0IsTopicAndPayloadOnly() {
    TestClient client = connect("c").subscribe("\u00e4", QoS.AT_LEAST_ONCE);
    publisher.publish("\u00e4", "p");
    assertThat(client.takeRaw().toHex()).isEqualTo("3005" + "0002c3a4" + "70");
  }

  @Test
  @Normative({MQTT3_2_3_1_1, MQTT3_2_3_1_4, MQTT3_4_3_2_1})
  void deliveriesInFlightHaveIdentifiersOfTheirOwn() {
    TestClient client = connect("c").subscribe("a", QoS.AT_LEAST_ONCE);
    for (int i = 0; i < 100; i++) {
      publisher.send(message(7, "m" + i, QoS.AT_LEAST_ONCE)).take(PubAck.class);
    }
    List<Publish> delivered = client.takePublishes();
    assertThat(delivered).hasSize(100).noneMatch(Publish::dup);
    assertThat(delivered)
        .extracting(Publish::packetId)
        .doesNotHaveDuplicates()
        .allMatch(id -> id >= 1 && id <= 65_535);
    assertThat(client.session().inFlight()).isEqualTo(100);
    delivered.forEach(each -> client.send(Packets.pubAck(each.packetId())));
    assertThat(client.session().inFlight()).isZero();
  }

  @Test
  @Normative({MQTT3_2_3_1_6, MQTT3_4_3_2_2})
  void qos1IsAcknowledgedAndItsIdentifierIsNewAgain() {
    TestClient client = connect("c").subscribe("a", QoS.AT_LEAST_ONCE);
    assertThat(publisher.send(message(65_535, "one", QoS.AT_LEAST_ONCE)).takeAll())
        .containsExactly(Packets.pubAck(65_535));
    assertThat(publisher.send(again(65_535, "two", QoS.AT_LEAST_ONCE)).takeAll())
        .containsExactly(Packets.pubAck(65_535));
    assertThat(client.takePayloads()).containsExactly("one", "two");
  }

  @Test
  @Normative({MQTT3_2_3_1_6, MQTT3_4_3_3_2})
  @Scenario(110)
  void qos2IsDeliveredOnceUntilItIsReleased() {
    TestClient client = connect("c").subscribe("a", QoS.EXACTLY_ONCE);
    publisher.send(
        message(9, "one", QoS.EXACTLY_ONCE),
        again(9, "one", QoS.EXACTLY_ONCE),
        again(9, "one", QoS.EXACTLY_ONCE));
    assertThat(publisher.takeAll())
        .containsExactly(Packets.pubRec(9), Packets.pubRec(9), Packets.pubRec(9));
    assertThat(publisher.send(Packets.pubRel(9)).takeAll()).containsExactly(Packets.pubComp(9));
    assertThat(client.takePayloads()).containsExactly("one");

    publisher.send(again(9, "two", QoS.EXACTLY_ONCE)).take(PubRec.class);
    publisher.send(Packets.pubRel(9)).take(PubComp.class);
    assertThat(client.takePayloads()).containsExactly("two");
  }

  @Test
  @Normative({MQTT3_4_3_3_1, MQTT3_2_3_1_6})
  void qos2GoesOutThroughItsFourPackets() {
    TestClient client = connect("c").subscribe("a", QoS.EXACTLY_ONCE);
    publisher.send(message(9, "x", QoS.EXACTLY_ONCE));
    Publish delivered = client.takePublish();
    assertThat(delivered.dup()).isFalse();
    int packetId = delivered.packetId();
    assertThat(client.send(Packets.pubRec(packetId)).takeAll())
        .containsExactly(Packets.pubRel(packetId));
    assertThat(client.session().inFlight()).isEqualTo(1);
    assertThat(client.send(Packets.pubComp(packetId)).takeAll()).isEmpty();
    assertThat(client.session().inFlight()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"0,0", "0,1", "0,2", "1,0", "1,1", "1,2", "2,0", "2,1", "2,2"})
  @Normative(MQTT3_3_8_4_6)
  void deliveryHasTheLowerQos(int published, int granted) {
    TestClient client = connect("c").subscribe("a", QoS.of(granted));
    publisher.send(message(published == 0 ? 0 : 9, "x", QoS.of(published)));
    assertThat(client.takePublish().qos()).isEqualTo(QoS.of(Math.min(published, granted)));
  }

  @Test
  @Normative(MQTT3_3_3_1_3)
  @Scenario(113)
  void dupOfThePublisherIsNotForwarded() {
    TestClient client = connect("c").subscribe("a", QoS.AT_LEAST_ONCE);
    publisher.send(again(1, "x", QoS.AT_LEAST_ONCE));
    assertThat(client.takePublish().dup()).isFalse();
  }

  @Test
  @Normative(MQTT3_3_3_5_1)
  @Scenario(104)
  void overlappingFiltersGiveOneCopyAtTheHighestQos() {
    TestClient client = connect("c").subscribe("a/+", QoS.AT_MOST_ONCE);
    client.subscribe("a/#", QoS.EXACTLY_ONCE).subscribe("a/b", QoS.AT_LEAST_ONCE);
    publisher.send(Packets.publish(1, "a/b", "x", QoS.EXACTLY_ONCE));
    assertThat(client.takePublish().qos()).isEqualTo(QoS.EXACTLY_ONCE);
  }

  @Test
  @Normative({MQTT3_3_10_4_2, MQTT3_3_10_4_3})
  @Scenario(107)
  void deliveriesInFlightAreFinishedAfterUnsubscribe() {
    TestClient client = connect("c").subscribe("a", QoS.EXACTLY_ONCE);
    publisher.send(message(1, "before", QoS.EXACTLY_ONCE));
    int packetId = client.takePublish().packetId();
    client.send(Packets.unsubscribe(1, "a")).take(UnsubAck.class);
    publisher.send(message(2, "after", QoS.EXACTLY_ONCE));
    assertThat(client.send(Packets.pubRec(packetId)).takeAll())
        .containsExactly(Packets.pubRel(packetId));
    assertThat(client.send(Packets.pubComp(packetId)).takeAll()).isEmpty();
    assertThat(client.session().inFlight()).isZero();
  }

  @Test
  @Normative({MQTT3_4_7_2_1, MQTT3_3_3_2_3})
  @Scenario({31, 32})
  void leadingWildcardsDoNotSeeTopicsThatBeginWithADollar() {
    TestClient client = connect("c").subscribe("#", QoS.AT_MOST_ONCE);
    client.subscribe("+/x", QoS.AT_MOST_ONCE).subscribe("$own/#", QoS.AT_MOST_ONCE);
    publisher.publish("$other/x", "1").publish("$own/x", "2").publish("own/x", "3");
    assertThat(client.takePayloads()).containsExactly("2", "3");
  }

  @Test
  @Normative({MQTT3_4_7_3_4, MQTT3_3_3_2_3})
  @Scenario(37)
  void topicsAreComparedByteByByte() {
    TestClient client = connect("c").subscribe("a/\u00e9", QoS.AT_MOST_ONCE);
    publisher
        .publish("a/e\u0301", "decomposed")
        .publish("A/\u00e9", "upper")
        .publish("a/\u00e9", "same");
    assertThat(client.takePayloads()).containsExactly("same");
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "2"})
  @Normative({MQTT3_4_6_0_5, MQTT3_4_6_0_6})
  @Scenario(118)
  void messagesOfOneTopicAndQosKeepTheirOrder(int qos) {
    TestClient client = connect("c").subscribe("a", QoS.of(qos));
    List<String> sent = new ArrayList<>();
    for (int i = 1; i <= 100; i++) {
      sent.add("m" + i);
      publisher.send(message(qos == 0 ? 0 : i, "m" + i, QoS.of(qos)));
    }
    assertThat(client.takePayloads()).isEqualTo(sent);
  }
}
