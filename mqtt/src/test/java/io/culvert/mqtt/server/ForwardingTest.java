package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.SubAck;
import io.culvert.mqtt.wire.UnsubAck;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of topics, properties and payloads on the way: aliases, expiry, order. */
class ForwardingTest {
  private final BrokerHarness harness = BrokerHarness.create();
  private final TestClient publisher = harness.connect("publisher");

  @Test
  @Normative({
    MQTT5_3_3_2_4,
    MQTT5_3_3_2_15,
    MQTT5_3_3_2_16,
    MQTT5_3_3_2_17,
    MQTT5_3_3_2_18,
    MQTT5_3_3_2_20
  })
  @Scenario(114)
  void propertiesAreForwardedUnchangedInTheirOrder() {
    TestClient client = harness.connect("c").subscribe("a", QoS.AT_MOST_ONCE);
    Publish sent =
        Packets.publish("a", "payload")
            .user("z", "1")
            .with(Property.CONTENT_TYPE, "text/plain")
            .user("a", "2")
            .with(Property.PAYLOAD_FORMAT_INDICATOR, 0)
            .with(Property.RESPONSE_TOPIC, "reply/to")
            .user("z", "3")
            .with(Property.CORRELATION_DATA, Bytes.hex("00ff01"))
            .user("", "")
            .build();
    publisher.send(sent);
    assertThat(client.takePublish()).isEqualTo(sent);
  }

  @Test
  void largePayloadIsForwardedByteByByte() {
    TestClient client = harness.connect("c").subscribe("a", QoS.AT_MOST_ONCE);
    TestClient other = harness.connect("d").subscribe("a", QoS.AT_LEAST_ONCE);
    String payload = "0123456789abcdef".repeat(20_000);
    publisher.send(Packets.publish(1, "a", payload, QoS.AT_LEAST_ONCE)).take(PubAck.class);
    assertThat(client.takePayloads()).containsExactly(payload);
    assertThat(other.takePayloads()).containsExactly(payload);
  }

  @Test
  void emptyPayloadIsAMessage() {
    TestClient client = harness.connect("c").subscribe("a", QoS.AT_MOST_ONCE);
    publisher.publish("a", "");
    assertThat(client.takePublish().payload()).isEqualTo(Bytes.EMPTY);
  }

  @Test
  @Normative({MQTT5_3_3_2_12, MQTT5_3_1_2_26, MQTT5_3_1_2_27})
  @Scenario(122)
  void aliasStandsForItsTopicAndIsNotForwarded() {
    TestClient client = harness.connect("c").subscribe("#", QoS.AT_MOST_ONCE);
    int most = harness.limits.topicAliasMaximum();
    for (int alias : new int[] {1, most}) {
      publisher.send(
          Packets.publish("t/" + alias, "named").with(Property.TOPIC_ALIAS, alias).build());
      assertThat(client.takePublish()).isEqualTo(Packets.publish("t/" + alias, "named").build());
    }
    for (int alias : new int[] {most, 1, 1}) {
      publisher.send(Packets.publish("", "short").with(Property.TOPIC_ALIAS, alias).build());
      assertThat(client.takePublish()).isEqualTo(Packets.publish("t/" + alias, "short").build());
    }
    publisher.send(Packets.publish("moved", "x").with(Property.TOPIC_ALIAS, 1).build());
    publisher.send(Packets.publish("", "y").with(Property.TOPIC_ALIAS, 1).build());
    assertThat(client.takePublishes())
        .extracting(publish -> publish.topic().toString())
        .containsExactly("moved", "moved");
  }

  @Test
  @Normative(MQTT5_3_1_2_29)
  @Scenario(123)
  void acknowledgementsExplainNothingInProperties() {
    TestClient client =
        harness.connect(Packets.connect("c").with(Property.REQUEST_PROBLEM_INFORMATION, 0).build());
    client.send(
        Packets.publish(1, "$SYS/x", "x", QoS.AT_LEAST_ONCE),
        Packets.publish(2, "$SYS/x", "x", QoS.EXACTLY_ONCE),
        Packets.pubRel(3),
        Packets.subscribe(4, "a/#/b", QoS.AT_MOST_ONCE),
        Packets.unsubscribe(5, "a/#/b"));
    assertThat(client.takeAll())
        .containsExactly(
            new PubAck(1, ReasonCode.NOT_AUTHORIZED, Properties.EMPTY),
            new PubRec(2, ReasonCode.NOT_AUTHORIZED, Properties.EMPTY),
            Packets.pubComp(3, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND),
            new SubAck(4, List.of(ReasonCode.TOPIC_FILTER_INVALID), Properties.EMPTY),
            new UnsubAck(5, List.of(ReasonCode.TOPIC_FILTER_INVALID), Properties.EMPTY));
  }

  @Test
  @Normative(MQTT5_3_3_2_7)
  void aliasesEndWithTheConnection() {
    TestClient client = harness.resume("c");
    client.send(Packets.publish("a", "x").with(Property.TOPIC_ALIAS, 1).build()).lose();
    TestClient again = harness.open();
    assertThat(again.connect(resuming()).sessionPresent()).isTrue();
    again.send(Packets.publish("", "x").with(Property.TOPIC_ALIAS, 1).build());
    assertThat(again.take(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.PROTOCOL_ERROR);
  }

  private static Connect resuming() {
    return Packets.connect("c").cleanStart(false).build();
  }

  @Test
  @Normative({MQTT5_3_3_2_5, MQTT5_3_3_2_6})
  @Scenario(114)
  void expiryIsReducedByTheTimeSpentWaitingAndExpiredIsDropped() {
    harness.resume("c").subscribe("a", QoS.AT_LEAST_ONCE).lose();
    for (int seconds : new int[] {5, 10, 0}) {
      publisher.send(
          Packets.publish("a", "lives " + seconds)
              .qos(QoS.AT_LEAST_ONCE)
              .packetId(1)
              .with(Property.MESSAGE_EXPIRY_INTERVAL, seconds)
              .build());
    }
    publisher.send(Packets.publish(2, "a", "for ever", QoS.AT_LEAST_ONCE));
    harness.advance(5_000);
    TestClient client = harness.resumeWithMessages("c");
    Publish first = client.takeFirst(Publish.class);
    assertThat(first.payload().toUtf8()).isEqualTo("lives 10");
    assertThat(first.properties().integer(Property.MESSAGE_EXPIRY_INTERVAL, -1)).isEqualTo(5);
    Publish second = client.takePublish();
    assertThat(second.payload().toUtf8()).isEqualTo("for ever");
    assertThat(second.properties()).isEqualTo(Properties.EMPTY);
    assertThat(harness.broker.counters().dropped(DropReason.EXPIRED)).isEqualTo(2);
  }

  @Test
  void expiryIsForwardedInFullWhereNothingWaited() {
    TestClient client = harness.connect("c").subscribe("a", QoS.AT_MOST_ONCE);
    Publish sent =
        Packets.publish("a", "x").with(Property.MESSAGE_EXPIRY_INTERVAL, 4_294_967_295L).build();
    publisher.send(sent);
    assertThat(client.takePublish()).isEqualTo(sent);
  }

  @Test
  @Normative({MQTT5_4_3_3_7, MQTT5_4_3_3_13})
  void messageThatWasSentIsSentAgainAlthoughItExpiredMeanwhile() {
    TestClient client = harness.resume("c").subscribe("a", QoS.EXACTLY_ONCE);
    publisher.send(
        Packets.publish("a", "x")
            .qos(QoS.EXACTLY_ONCE)
            .packetId(1)
            .with(Property.MESSAGE_EXPIRY_INTERVAL, 1)
            .build());
    int packetId = client.takePublish().packetId();
    client.lose();
    harness.advance(100_000);
    client = harness.resumeWithMessages("c");
    Publish again = client.takePublish();
    assertThat(again.packetId()).isEqualTo(packetId);
    assertThat(again.dup()).isTrue();
    client.send(Packets.pubRec(packetId));
    assertThat(client.takeAll()).containsExactly(Packets.pubRel(packetId));
  }

  @Test
  @Normative({MQTT5_4_6_0_5, MQTT5_4_6_0_6})
  @Scenario(118)
  void messagesOfOneTopicAndQosKeepTheirOrder() {
    TestClient client =
        harness.connect(Packets.connect("c").with(Property.RECEIVE_MAXIMUM, 5).build());
    client.subscribe("a", QoS.AT_LEAST_ONCE);
    for (int i = 1; i <= 100; i++) {
      publisher.send(Packets.publish(i, "a", Integer.toString(i), QoS.AT_LEAST_ONCE));
    }
    int expected = 1;
    while (expected <= 100) {
      for (Publish publish : client.takePublishes()) {
        assertThat(publish.payload().toUtf8()).isEqualTo(Integer.toString(expected++));
        client.send(Packets.pubAck(publish.packetId()));
      }
    }
    assertThat(client.takeAll()).isEmpty();
  }

  @Test
  @Scenario({109, 125, 129})
  void serversOwnTopicsAreNotForClients() {
    TestClient client = harness.connect("c").subscribe("$SYS/#", QoS.AT_MOST_ONCE);
    for (String topic : new String[] {"$SYS/uptime", "$share/g/a"}) {
      assertThat(
              publisher
                  .send(Packets.publish(1, topic, "x", QoS.AT_LEAST_ONCE))
                  .take(PubAck.class)
                  .reasonCode())
          .isEqualTo(ReasonCode.NOT_AUTHORIZED);
      publisher.publish(topic, "x");
    }
    assertThat(client.takeAll()).isEmpty();
    assertThat(publisher.isClosed()).isFalse();
    assertThat(harness.broker.counters().refused()).isEqualTo(4);
  }
}
