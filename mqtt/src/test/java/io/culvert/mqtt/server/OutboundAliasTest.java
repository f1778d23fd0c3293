package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.SubAck;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Topic Aliases from the server to those of its clients that take them. */
class OutboundAliasTest {
  private static final String ALARM = "plant/7/alarm";
  private static final String LEVEL = "plant/7/level";
  private static final String STATE = "plant/7/state";

  private final BrokerHarness harness = BrokerHarness.create();
  private final TestClient publisher = harness.connect("publisher");

  @Test
  @Scenario(122)
  @Normative({MQTT5_3_1_2_26, MQTT5_3_3_2_11, MQTT5_3_3_2_8})
  void clientGetsNoMoreAliasesThanItTakes() {
    TestClient client = aliasing("c", 2).subscribe("plant/#", QoS.AT_MOST_ONCE);
    for (String topic : List.of(ALARM, LEVEL, STATE, ALARM, LEVEL, STATE)) {
      publisher.publish(topic, "x");
    }
    assertThat(topics(client))
        .containsExactly(ALARM + "=1", LEVEL + "=2", STATE, "=1", "=2", STATE);
  }

  @Test
  @Normative({MQTT5_3_1_2_27, MQTT5_3_3_2_11})
  void whoeverDoesNotAskGetsNone() {
    TestClient silent = harness.connect("silent").subscribe(ALARM, QoS.AT_MOST_ONCE);
    TestClient none = aliasing("none", 0).subscribe(ALARM, QoS.AT_MOST_ONCE);
    TestClient older =
        harness.connect(Packets.connect("older").version(MqttVersion.MQTT_3_1_1).build());
    older.subscribe(ALARM, QoS.AT_MOST_ONCE);
    publisher.publish(ALARM, "x").publish(ALARM, "y");
    for (TestClient client : List.of(silent, none, older)) {
      assertThat(topics(client)).containsExactly(ALARM, ALARM);
    }
  }

  @Test
  void ownLimitHoldsToo() {
    BrokerHarness without = BrokerHarness.create(limits -> limits.outboundTopicAliasMaximum(0));
    TestClient client =
        without.connect(Packets.connect("c").with(Property.TOPIC_ALIAS_MAXIMUM, 9).build());
    client.subscribe(ALARM, QoS.AT_MOST_ONCE);
    without.connect("publisher").publish(ALARM, "x").publish(ALARM, "y");
    assertThat(topics(client)).containsExactly(ALARM, ALARM);

    TestClient greedy = aliasing("greedy", 65_535).subscribe("#", QoS.AT_MOST_ONCE);
    int most = harness.limits.outboundTopicAliasMaximum();
    for (int i = 1; i <= most + 1; i++) {
      publisher.publish("some/topic/" + i, "x");
    }
    assertThat(topics(greedy)).last().isEqualTo("some/topic/" + (most + 1));
  }

  @Test
  @Normative({MQTT5_3_3_2_4, MQTT5_3_3_2_17, MQTT5_3_3_2_18})
  void messageIsTheSameForThoseWithAndWithoutAliases() {
    TestClient with = aliasing("with", 5).subscribe(ALARM, QoS.EXACTLY_ONCE);
    TestClient other = aliasing("other", 5).subscribe("plant/#", QoS.EXACTLY_ONCE);
    TestClient without = harness.connect("without").subscribe(ALARM, QoS.EXACTLY_ONCE);
    publisher.publish(LEVEL, "only for one");
    other.takePublish();
    String large = "0123456789abcdef".repeat(1000);
    for (int i = 1; i <= 3; i++) {
      Publish sent =
          Packets.publish(ALARM, i == 2 ? large : "message " + i)
              .qos(QoS.of(i % 3))
              .packetId(i == 3 ? 0 : i)
              .user("a", "1")
              .user("a", "2")
              .with(Property.PAYLOAD_FORMAT_INDICATOR, 1)
              .build();
      publisher.send(sent);
      Publish plain = without.takePublish();
      for (TestClient client : List.of(with, other)) {
        Publish aliased = client.takePublish();
        assertThat(aliased.topic().isEmpty()).isEqualTo(i > 1);
        assertThat(aliased.properties().integer(Property.TOPIC_ALIAS, -1))
            .isEqualTo(client == with ? 1 : 2);
        assertThat(aliased.properties().without(Property.TOPIC_ALIAS))
            .isEqualTo(plain.properties())
            .isEqualTo(sent.properties());
        assertThat(aliased.payload()).isEqualTo(plain.payload()).isEqualTo(sent.payload());
        assertThat(aliased.qos()).isEqualTo(plain.qos());
        assertThat(aliased.packetId() == 0).isEqualTo(plain.packetId() == 0);
      }
    }
  }

  @Test
  @Normative({MQTT5_3_3_2_7, MQTT5_3_3_1_1, MQTT5_4_4_0_1})
  void aliasesEndWithTheConnectionAndWhatIsSentAgainTeachesThemAnew() {
    TestClient client = aliasing("c", 5).subscribe(ALARM, QoS.AT_LEAST_ONCE);
    publisher.send(Packets.publish(1, ALARM, "1", QoS.AT_LEAST_ONCE));
    publisher.send(Packets.publish(2, ALARM, "2", QoS.AT_LEAST_ONCE));
    assertThat(topics(client)).containsExactly(ALARM + "=1", "=1");
    client.lose();

    TestClient again = harness.open();
    again.send(connect("c", 5).build());
    again.takeFirst(ConnAck.class);
    List<Publish> repeated = again.takePublishes();
    assertThat(repeated).allMatch(Publish::dup);
    assertThat(repeated).extracting(OutboundAliasTest::topic).containsExactly(ALARM + "=1", "=1");

    again.lose();
    TestClient without = harness.resumeWithMessages("c");
    assertThat(topics(without)).containsExactly(ALARM, ALARM);
  }

  @Test
  @Normative(MQTT5_3_1_2_24)
  void packetWithAliasIsNeverLargerThanTheClientTakes() {
    // 2 of fixed header, the topic with its length, a Property Length of 0, one byte of payload
    int plain = 2 + 2 + ALARM.length() + 1 + 1;
    TestClient client =
        harness.connect(
            Packets.connect("c")
                .with(Property.TOPIC_ALIAS_MAXIMUM, 5)
                .with(Property.MAXIMUM_PACKET_SIZE, 60)
                .build());
    client.subscribe("plant/#", QoS.AT_MOST_ONCE);
    publisher
        .publish(ALARM, "x".repeat(61 - plain))
        .publish(ALARM, "x")
        .publish(ALARM, "x".repeat(61 - plain))
        .publish(ALARM, "x".repeat(62 - plain));
    List<Publish> got = client.takePublishes();
    assertThat(got).extracting(OutboundAliasTest::topic).containsExactly(ALARM, ALARM + "=1", "=1");
    assertThat(harness.broker.counters().dropped(DropReason.TOO_LARGE)).isEqualTo(1);
  }

  @Test
  void retainedAndQueuedMessagesHaveAliasesToo() {
    publisher.send(Packets.publish(ALARM, "kept").retain().build());
    publisher.send(Packets.publish(LEVEL, "kept").retain().build());
    TestClient client = aliasing("c", 5);
    client.send(Packets.subscribe(1, "plant/#", QoS.AT_LEAST_ONCE));
    client.takeFirst(SubAck.class);
    assertThat(topics(client)).hasSize(2).allMatch(topic -> topic.matches("plant/7/.*=[12]"));
    publisher.publish(LEVEL, "live");
    assertThat(topics(client)).hasSize(1).allMatch(topic -> topic.matches("=[12]"));
    client.lose();
    publisher.send(Packets.publish(1, ALARM, "queued", QoS.AT_LEAST_ONCE));
    publisher.send(Packets.publish(2, ALARM, "queued", QoS.AT_LEAST_ONCE));
    TestClient again = harness.open().send(connect("c", 5).build());
    again.takeFirst(ConnAck.class);
    assertThat(topics(again)).containsExactly(ALARM + "=1", "=1");
  }

  private TestClient aliasing(String clientId, int maximum) {
    return harness.connect(connect(clientId, maximum).build());
  }

  private static ConnectBuilder connect(String clientId, int maximum) {
    return Packets.connect(clientId)
        .cleanStart(false)
        .expirySeconds(60)
        .with(Property.TOPIC_ALIAS_MAXIMUM, maximum);
  }

  private static List<String> topics(TestClient client) {
    return client.takePublishes().stream().map(OutboundAliasTest::topic).toList();
  }

  private static String topic(Publish publish) {
    Properties properties = publish.properties();
    return publish.topic()
        + (properties.has(Property.TOPIC_ALIAS)
            ? "=" + properties.integer(Property.TOPIC_ALIAS, 0)
            : "");
  }
}
