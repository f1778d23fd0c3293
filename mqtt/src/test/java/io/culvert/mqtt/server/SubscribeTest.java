package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.SubAck;
import io.culvert.mqtt.wire.Subscribe;
import io.culvert.mqtt.wire.UnsubAck;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SubscribeTest {
  private final BrokerHarness harness = BrokerHarness.create();
  private final TestClient publisher = harness.connect("publisher");

  @Test
  @Normative({
    MQTT5_3_8_4_1,
    MQTT5_3_8_4_2,
    MQTT5_3_8_4_5,
    MQTT5_3_8_4_6,
    MQTT5_3_8_4_7,
    MQTT5_3_9_3_1,
    MQTT5_3_9_3_2,
    MQTT5_2_2_1_6
  })
  @Scenario(95)
  void eachFilterGetsItsCodeInOrderUnderTheSameIdentifier() {
    TestClient client = harness.connect("c");
    client.send(
        Packets.subscribe(
            65_535,
            Packets.entry("a", QoS.EXACTLY_ONCE),
            Packets.entry("b/#/c", QoS.AT_MOST_ONCE),
            Packets.entry("c", QoS.AT_MOST_ONCE),
            Packets.entry("d/+", QoS.AT_LEAST_ONCE)));
    SubAck subAck = client.take(SubAck.class);
    assertThat(subAck.packetId()).isEqualTo(65_535);
    assertThat(subAck.reasonCodes())
        .containsExactly(
            ReasonCode.GRANTED_QOS_2,
            ReasonCode.TOPIC_FILTER_INVALID,
            ReasonCode.SUCCESS,
            ReasonCode.GRANTED_QOS_1);
    assertThat(client.session().subscriptions()).hasSize(3);
  }

  @Test
  @Normative({
    MQTT3_3_8_4_1,
    MQTT3_3_8_4_2,
    MQTT3_3_8_4_4,
    MQTT3_3_8_4_5,
    MQTT3_3_9_3_1,
    MQTT3_3_9_3_2
  })
  void failureBeforeMqtt5IsOneCode() {
    TestClient client =
        harness.connect(Packets.connect("c").version(MqttVersion.MQTT_3_1_1).build());
    client.send(
        Packets.subscribe(
            3, Packets.entry("b/#/c", QoS.AT_MOST_ONCE), Packets.entry("a", QoS.EXACTLY_ONCE)));
    SubAck subAck = client.take(SubAck.class);
    assertThat(subAck.packetId()).isEqualTo(3);
    assertThat(subAck.reasonCodes())
        .containsExactly(ReasonCode.UNSPECIFIED_ERROR, ReasonCode.GRANTED_QOS_2);
  }

  @ParameterizedTest
  @CsvSource({"0,0", "0,1", "0,2", "1,0", "1,1", "1,2", "2,0", "2,1", "2,2"})
  @Normative({MQTT5_3_8_4_8, MQTT5_2_2_1_2, MQTT5_4_3_1_1})
  @Scenario({36, 96, 112})
  void deliveryHasTheLowerQos(int published, int granted) {
    TestClient client = harness.connect("c").subscribe("a", QoS.of(granted));
    publisher.send(Packets.publish(published == 0 ? 0 : 9, "a", "x", QoS.of(published)));
    Publish delivered = client.takePublish();
    assertThat(delivered.qos()).isEqualTo(QoS.of(Math.min(published, granted)));
    assertThat(delivered.packetId() == 0).isEqualTo(delivered.qos() == QoS.AT_MOST_ONCE);
    assertThat(delivered.dup()).isFalse();
  }

  @Test
  @Normative(MQTT5_3_3_1_3)
  @Scenario(113)
  void dupOfThePublisherIsNotForwarded() {
    TestClient client = harness.connect("c").subscribe("a", QoS.AT_LEAST_ONCE);
    publisher.send(Packets.publish("a", "x").qos(QoS.AT_LEAST_ONCE).packetId(1).dup().build());
    assertThat(client.takePublish().dup()).isFalse();
  }

  @Test
  @Normative(MQTT5_3_8_4_3)
  @Scenario(97)
  void sameFilterAgainReplacesTheSubscription() {
    TestClient client = harness.connect("c").subscribe("a", QoS.EXACTLY_ONCE);
    client.subscribe("a", QoS.AT_MOST_ONCE);
    assertThat(client.session().subscriptions()).hasSize(1);
    assertThat(harness.broker.subscriptionCount()).isEqualTo(1);
    publisher.send(Packets.publish(1, "a", "x", QoS.EXACTLY_ONCE));
    assertThat(client.takePublish().qos()).isEqualTo(QoS.AT_MOST_ONCE);
  }

  @Test
  @Normative(MQTT5_3_8_4_4)
  @Scenario(97)
  void replacingASubscriptionLosesNoMessage() {
    TestClient client =
        harness.connect(Packets.connect("c").with(Property.RECEIVE_MAXIMUM, 1).build());
    client.subscribe("a", QoS.AT_LEAST_ONCE);
    for (int i = 1; i <= 3; i++) {
      publisher.send(Packets.publish(i, "a", "m" + i, QoS.AT_LEAST_ONCE));
    }
    Publish first = client.takePublish();
    client.subscribe("a", QoS.EXACTLY_ONCE);
    client.send(Packets.pubAck(first.packetId()));
    Publish second = client.takePublish();
    client.send(Packets.pubAck(second.packetId()));
    assertThat(second.payload().toUtf8()).isEqualTo("m2");
    assertThat(client.takePayloads()).containsExactly("m3");
  }

  @Test
  @Normative({MQTT5_3_3_4_2, MQTT5_3_3_4_3, MQTT5_3_3_4_4})
  @Scenario({104, 105})
  void overlappingFiltersGiveOneCopyAtTheHighestQosWithAllIdentifiers() {
    TestClient client = harness.connect("c");
    client.send(
        identified(1, 10, Packets.entry("a/+", QoS.AT_MOST_ONCE)),
        identified(2, 300, Packets.entry("a/#", QoS.EXACTLY_ONCE)),
        identified(3, 268_435_455, Packets.entry("a/b", QoS.AT_LEAST_ONCE)),
        Packets.subscribe(4, Packets.entry("#", QoS.AT_MOST_ONCE)));
    client.takeAll();
    publisher.send(Packets.publish(1, "a/b", "x", QoS.EXACTLY_ONCE));
    Publish delivered = client.takePublish();
    assertThat(delivered.qos()).isEqualTo(QoS.EXACTLY_ONCE);
    assertThat(delivered.properties().subscriptionIdentifiers())
        .containsExactlyInAnyOrder(10, 300, 268_435_455);
    publisher.publish("b", "y");
    assertThat(client.takePublish().properties()).isEqualTo(Properties.EMPTY);
  }

  private static Subscribe identified(int packetId, int identifier, Subscribe.Entry entry) {
    return new Subscribe(
        packetId,
        List.of(entry),
        Properties.builder().put(Property.SUBSCRIPTION_IDENTIFIER, identifier).build());
  }

  @Test
  @Scenario(105)
  void replacingASubscriptionReplacesItsIdentifier() {
    TestClient client = harness.connect("c");
    client.send(identified(1, 5, Packets.entry("a", QoS.AT_MOST_ONCE)));
    client.send(identified(2, 6, Packets.entry("a", QoS.AT_MOST_ONCE)));
    client.takeAll();
    publisher.publish("a", "x");
    assertThat(client.takePublish().properties().subscriptionIdentifiers()).containsExactly(6);
    client.subscribe("a", QoS.AT_MOST_ONCE);
    publisher.publish("a", "x");
    assertThat(client.takePublish().properties().subscriptionIdentifiers()).isEmpty();
  }

  @Test
  @Normative(MQTT5_3_8_3_3)
  @Scenario(103)
  void noLocalKeepsOwnMessagesAway() {
    TestClient client = harness.connect("c");
    client.send(
        Packets.subscribe(
            1,
            Packets.entry("a", Packets.noLocal(QoS.AT_LEAST_ONCE)),
            Packets.entry("b", QoS.AT_LEAST_ONCE)));
    client.take(SubAck.class);
    client.send(Packets.publish(1, "a", "mine", QoS.AT_LEAST_ONCE));
    assertThat(client.take(PubAck.class).reasonCode())
        .isEqualTo(ReasonCode.NO_MATCHING_SUBSCRIBERS);
    client.publish("b", "mine too");
    publisher.publish("a", "theirs");
    assertThat(client.takePayloads()).containsExactly("mine too", "theirs");
  }

  @Test
  @Normative(MQTT5_3_8_3_3)
  void noLocalConcernsTheClientAndNotItsConnection() {
    Connect connect = Packets.connect("c").cleanStart(false).expirySeconds(60).build();
    TestClient client = harness.connect(connect);
    client.send(Packets.subscribe(1, Packets.entry("a", Packets.noLocal(QoS.AT_LEAST_ONCE))));
    client.take(SubAck.class);
    TestClient again = harness.connect(connect);
    again.publish("a", "mine");
    assertThat(again.takeAll()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  @Normative({
    MQTT5_3_10_4_1,
    MQTT5_3_10_4_4,
    MQTT5_3_10_4_5,
    MQTT5_3_10_4_6,
    MQTT5_3_11_3_1,
    MQTT5_3_11_3_2,
    MQTT3_3_10_4_1,
    MQTT3_3_10_4_4,
    MQTT3_3_10_4_5,
    MQTT3_3_10_4_6,
    MQTT3_2_3_1_7
  })
  @Scenario(106)
  void unsubscribeEndsWhatThereIsAndSaysWhatThereWas(MqttVersion version) {
    TestClient client = harness.connect(Packets.connect("c").version(version).build());
    client.subscribe("a", QoS.AT_MOST_ONCE).subscribe("b/+", QoS.AT_MOST_ONCE);
    client.send(Packets.unsubscribe(77, "a", "b/c", "b/+", "#/x"));
    UnsubAck unsubAck = client.take(UnsubAck.class);
    assertThat(unsubAck.packetId()).isEqualTo(77);
    if (version.isMqtt5()) {
      assertThat(unsubAck.reasonCodes())
          .containsExactly(
              ReasonCode.SUCCESS,
              ReasonCode.NO_SUBSCRIPTION_EXISTED,
              ReasonCode.SUCCESS,
              ReasonCode.TOPIC_FILTER_INVALID);
    }
    publisher.publish("a", "x").publish("b/c", "y");
    assertThat(client.takeAll()).isEmpty();
    assertThat(harness.broker.subscriptionCount()).isZero();
    client.send(Packets.unsubscribe(77, "a")).take(UnsubAck.class); // free again at once
  }

  @Test
  @Normative({MQTT5_3_10_4_2, MQTT5_3_10_4_3})
  @Scenario(107)
  void deliveriesInFlightAreFinishedAfterUnsubscribe() {
    TestClient client = harness.connect("c").subscribe("a", QoS.EXACTLY_ONCE);
    publisher.send(Packets.publish(1, "a", "before", QoS.EXACTLY_ONCE));
    int packetId = client.takePublish().packetId();
    client.send(Packets.unsubscribe(1, "a")).take(UnsubAck.class);
    publisher.send(Packets.publish(2, "a", "after", QoS.EXACTLY_ONCE));
    assertThat(client.send(Packets.pubRec(packetId)).takeAll())
        .containsExactly(Packets.pubRel(packetId));
    assertThat(client.send(Packets.pubComp(packetId)).takeAll()).isEmpty();
    assertThat(client.session().inFlight()).isZero();
  }

  @Test
  @Normative(MQTT5_4_7_2_1)
  @Scenario({31, 32})
  void leadingWildcardsDoNotSeeTopicsThatBeginWithADollar() {
    TestClient client =
        harness.connect("c").subscribe("#", QoS.AT_MOST_ONCE).subscribe("+/x", QoS.AT_MOST_ONCE);
    client.subscribe("$own/#", QoS.AT_MOST_ONCE);
    publisher.publish("$other/x", "1").publish("$own/x", "2").publish("own/x", "3");
    assertThat(client.takePayloads()).containsExactly("2", "3");
  }

  @Test
  @Normative({MQTT5_4_7_3_4, MQTT5_3_3_2_3})
  @Scenario(37)
  void topicsAreComparedByteByByte() {
    TestClient client = harness.connect("c").subscribe("a/\u00e9", QoS.AT_MOST_ONCE);
    publisher
        .publish("a/e\u0301", "decomposed")
        .publish("A/\u00e9", "upper")
        .publish("a/\u00e9", "same");
    assertThat(client.takePayloads()).containsExactly("same");
  }

  @ParameterizedTest
  @EnumSource(names = {"MQTT_3_1", "MQTT_3_1_1"})
  @Normative({MQTT3_3_8_3_2, MQTT3_3_9_3_2})
  void whatIsSwitchedOffIsRefusedFilterByFilterBeforeMqtt5(MqttVersion version) {
    BrokerHarness plain =
        BrokerHarness.create(limits -> limits.wildcardAvailable(false).sharedAvailable(false));
    TestClient client = plain.connect(Packets.connect("c").version(version).build());
    client.send(
        Packets.subscribe(
            2,
            Packets.entry("b/#", QoS.AT_MOST_ONCE),
            Packets.entry("a", QoS.AT_LEAST_ONCE),
            Packets.entry("$share/g/a", QoS.AT_MOST_ONCE)));
    assertThat(client.take(SubAck.class).reasonCodes())
        .containsExactly(
            ReasonCode.UNSPECIFIED_ERROR, ReasonCode.GRANTED_QOS_1, ReasonCode.UNSPECIFIED_ERROR);
    assertThat(plain.broker.subscriptionCount()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "b/#, false, WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED",
    "$share/g/b, false, SHARED_SUBSCRIPTIONS_NOT_SUPPORTED",
    "b, true, SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED"
  })
  @Scenario(121)
  void whatConnAckSaidIsUnavailableEndsTheConnectionOfMqtt5(
      String filter, boolean identified, ReasonCode expected) {
    BrokerHarness plain =
        BrokerHarness.create(
            limits ->
                limits
                    .wildcardAvailable(false)
                    .sharedAvailable(false)
                    .subscriptionIdentifiersAvailable(false));
    TestClient client = plain.connect("c").subscribe("a", QoS.AT_MOST_ONCE);
    Subscribe.Entry entry = Packets.entry(filter, QoS.AT_MOST_ONCE);
    client.send(identified ? identified(2, 7, entry) : Packets.subscribe(2, entry));
    assertThat(client.take(Disconnect.class).reasonCode()).isEqualTo(expected);
    assertThat(client.isClosed()).isTrue();
    assertThat(plain.broker.subscriptionCount()).isZero();
  }

  @Test
  @Normative(MQTT5_3_8_3_4)
  void noLocalOnASharedSubscriptionIsAProtocolError() {
    TestClient client = harness.connect("c");
    client.send(
        Packets.subscribe(1, Packets.entry("$share/g/a", Packets.noLocal(QoS.AT_MOST_ONCE))));
    assertThat(client.take(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.PROTOCOL_ERROR);
    assertThat(harness.broker.subscriptionCount()).isZero();
  }
}
