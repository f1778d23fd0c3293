package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.RetainHandling;
import io.culvert.mqtt.wire.SubAck;
import io.culvert.mqtt.wire.Subscribe;
import io.culvert.mqtt.wire.UnsubAck;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RetainedTest {
  private final BrokerHarness harness = BrokerHarness.create();
  private final TestClient publisher = harness.connect("publisher");

  private void retain(String topic, String payload) {
    publisher.send(Packets.publish(topic, payload).retain().build());
  }

  /** Subscribes; gives what came behind SUBACK. */
  private static List<MqttPacket> retainedFor(TestClient client, Subscribe subscribe) {
    List<MqttPacket> all = client.send(subscribe).takeAll();
    assertThat(all.get(0)).isInstanceOf(SubAck.class);
    return all.subList(1, all.size());
  }

  private static List<MqttPacket> retainedFor(TestClient client, String filter) {
    return retainedFor(client, Packets.subscribe(1, filter, QoS.EXACTLY_ONCE));
  }

  private static Publish retained(String topic, String payload) {
    return Packets.publish(topic, payload).retain().build();
  }

  @ParameterizedTest
  @EnumSource
  @Normative({
    MQTT5_3_3_1_5,
    MQTT5_3_3_1_9,
    MQTT3_3_3_1_5,
    MQTT3_3_3_1_6,
    MQTT3_3_3_1_7,
    MQTT3_3_3_1_8
  })
  @Scenario(99)
  void newSubscriptionGetsTheLastOfEachTopicMarkedAsRetained(MqttVersion version) {
    retain("a/b", "old");
    retain("a/b", "new");
    retain("a/c", "other");
    retain("b", "elsewhere");
    TestClient client = harness.connect(Packets.connect("c").version(version).build());
    assertThat(retainedFor(client, "a/+"))
        .containsExactlyInAnyOrder(retained("a/b", "new"), retained("a/c", "other"));
  }

  @ParameterizedTest
  @CsvSource({"0,0", "0,1", "0,2", "1,0", "1,1", "1,2", "2,0", "2,1", "2,2"})
  @Normative(MQTT5_3_8_4_8)
  @Scenario(99)
  void retainedMessageHasTheLowerQos(int published, int granted) {
    publisher.send(
        Packets.publish("a", "x")
            .retain()
            .qos(QoS.of(published))
            .packetId(published == 0 ? 0 : 1)
            .build());
    List<MqttPacket> got =
        retainedFor(harness.connect("c"), Packets.subscribe(1, "a", QoS.of(granted)));
    assertThat(got)
        .extracting(packet -> ((Publish) packet).qos())
        .containsExactly(QoS.of(Math.min(published, granted)));
  }

  @Test
  @Normative({MQTT5_3_3_1_6, MQTT5_3_3_1_7})
  @Scenario(100)
  void emptyPayloadRemovesAndIsForwardedAsUsual() {
    TestClient watcher = harness.connect("watcher").subscribe("a", QoS.AT_MOST_ONCE);
    retain("a", "x");
    watcher.takePublish();
    retain("a", "");
    assertThat(watcher.takePublish()).isEqualTo(Packets.publish("a", "").build());
    assertThat(harness.broker.retainedCount()).isZero();
    assertThat(harness.broker.retainedBytes()).isZero();
    retain("never", "");
    assertThat(harness.broker.retainedCount()).isZero();
    assertThat(retainedFor(harness.connect("c"), "#")).isEmpty();
  }

  @Test
  @Normative(MQTT5_3_3_1_8)
  void messageWithoutRetainLeavesTheRetainedOneAlone() {
    retain("a", "kept");
    publisher.publish("a", "passing").publish("a", "");
    assertThat(retainedFor(harness.connect("c"), "a")).containsExactly(retained("a", "kept"));
  }

  @Test
  @Normative({MQTT5_3_3_1_12, MQTT5_3_3_1_13})
  @Scenario({99, 113})
  void liveMessagesKeepTheFlagWhereTheSubscriptionSaysSo() {
    TestClient plain = harness.connect("plain").subscribe("a", QoS.AT_MOST_ONCE);
    TestClient keeping = harness.connect("keeping");
    keeping
        .send(Packets.subscribe(1, Packets.entry("a", Packets.asPublished(QoS.AT_MOST_ONCE))))
        .take(SubAck.class);
    retain("a", "x");
    publisher.publish("a", "y");
    assertThat(plain.takePublishes()).extracting(Publish::retain).containsExactly(false, false);
    assertThat(keeping.takePublishes()).extracting(Publish::retain).containsExactly(true, false);
  }

  @ParameterizedTest
  @CsvSource({
    "SEND, false, 1",
    "SEND, true, 1",
    "SEND_IF_NEW, false, 1",
    "SEND_IF_NEW, true, 0",
    "DO_NOT_SEND, false, 0",
    "DO_NOT_SEND, true, 0"
  })
  @Normative({MQTT5_3_3_1_9, MQTT5_3_3_1_10, MQTT5_3_3_1_11, MQTT5_3_8_4_4})
  @Scenario(98)
  void retainHandlingDecidesWhatASubscriptionBrings(
      RetainHandling handling, boolean existing, int expected) {
    retain("a", "x");
    TestClient client = harness.connect("c");
    if (existing) {
      retainedFor(client, "a");
    }
    Subscribe subscribe =
        Packets.subscribe(2, Packets.entry("a", Packets.handling(QoS.AT_MOST_ONCE, handling)));
    assertThat(retainedFor(client, subscribe)).hasSize(expected);
  }

  @Test
  @Normative(MQTT3_3_8_4_3)
  void sameSubscriptionBeforeMqtt5BringsThemAgain() {
    retain("a", "x");
    TestClient client =
        harness.connect(Packets.connect("c").version(MqttVersion.MQTT_3_1_1).build());
    assertThat(retainedFor(client, "a")).hasSize(1);
    assertThat(retainedFor(client, "a")).hasSize(1);
  }

  @Test
  @Scenario(102)
  void sharedSubscriptionBringsNone() {
    retain("a", "x");
    assertThat(retainedFor(harness.connect("c"), "$share/g/a")).isEmpty();
  }

  @Test
  void resumedSessionGetsNoneAgain() {
    retain("a", "x");
    TestClient client = harness.resume("c");
    assertThat(retainedFor(client, Packets.subscribe(1, "a", QoS.AT_MOST_ONCE))).hasSize(1);
    client.lose();
    assertThat(harness.resume("c").takeAll()).isEmpty();
  }

  @Test
  @Normative({MQTT5_3_3_2_5, MQTT5_3_3_2_6})
  @Scenario(101)
  void expiresAndSaysHowLongItStillLives() {
    publisher.send(
        Packets.publish("a", "x").retain().with(Property.MESSAGE_EXPIRY_INTERVAL, 10).build());
    harness.advance(4_000);
    assertThat(retainedFor(harness.connect("early"), "a"))
        .extracting(
            packet -> ((Publish) packet).properties().integer(Property.MESSAGE_EXPIRY_INTERVAL, -1))
        .containsExactly(6L);
    harness.advance(6_000);
    assertThat(retainedFor(harness.connect("late"), "a")).isEmpty();
  }

  @Test
  @Normative(MQTT5_3_3_4_3)
  void carriesTheIdentifierOfItsSubscription() {
    retain("a", "x");
    Subscribe subscribe =
        new Subscribe(
            1,
            List.of(Packets.entry("a", QoS.AT_MOST_ONCE)),
            Properties.builder().put(Property.SUBSCRIPTION_IDENTIFIER, 7).build());
    assertThat(retainedFor(harness.connect("c"), subscribe))
        .extracting(packet -> ((Publish) packet).properties().subscriptionIdentifiers()[0])
        .containsExactly(7);
  }

  @Test
  @Normative({MQTT5_3_3_4_9, MQTT5_4_9_0_2})
  void manyComeAsTheClientTakesThem() {
    for (int i = 1; i <= 10; i++) {
      publisher
          .send(
              Packets.publish("a/" + i, "m" + i)
                  .retain()
                  .qos(QoS.AT_LEAST_ONCE)
                  .packetId(i)
                  .build())
          .take(PubAck.class);
    }
    TestClient client =
        harness.connect(Packets.connect("c").with(Property.RECEIVE_MAXIMUM, 3).build());
    List<MqttPacket> got = retainedFor(client, "a/#");
    assertThat(got).hasSize(3);
    for (int i = 0; i < 7; i++) {
      client.send(Packets.pubAck(((Publish) got.get(i)).packetId()));
      got = new ArrayList<>(got);
      got.add(client.takePublish());
    }
    assertThat(got)
        .extracting(packet -> ((Publish) packet).topic().toString())
        .hasSize(10)
        .doesNotHaveDuplicates();
  }

  @Test
  void unsubscribeEndsWhatHasNotBeenSent() {
    for (int i = 1; i <= 3; i++) {
      publisher.send(
          Packets.publish("a/" + i, "x").retain().qos(QoS.AT_LEAST_ONCE).packetId(i).build());
    }
    TestClient client =
        harness.connect(Packets.connect("c").with(Property.RECEIVE_MAXIMUM, 1).build());
    List<MqttPacket> got = retainedFor(client, "a/#");
    client.send(Packets.unsubscribe(2, "a/#")).take(UnsubAck.class);
    client.send(Packets.pubAck(((Publish) got.get(0)).packetId()));
    assertThat(client.takeAll()).isEmpty();
  }

  @Test
  void outlivesTheSessionThatSentIt() {
    retain("a", "x");
    publisher.lose();
    assertThat(retainedFor(harness.connect("c"), "a")).hasSize(1);
  }
}
