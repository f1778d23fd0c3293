package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.SubAck;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class LimitsTest {
  private static ReasonCode publish(TestClient client, String topic, String payload) {
    return client
        .send(Packets.publish(1, topic, payload, QoS.AT_LEAST_ONCE))
        .take(PubAck.class)
        .reasonCode();
  }

  @Test
  @Normative(MQTT5_3_2_2_9)
  void connAckTellsWhatDiffersFromTheStandard() {
    BrokerHarness all =
        BrokerHarness.create(
            limits ->
                limits
                    .receiveMaximum(65_535)
                    .topicAliasMaximum(0)
                    .maximumPacketSizeBytes(1000)
                    .sessionExpirySeconds(Session.NEVER_SECONDS));
    assertThat(all.open().connect(Packets.connect("c").keepAlive(7).build()).properties())
        .isEqualTo(Properties.builder().put(Property.MAXIMUM_PACKET_SIZE, 1000).build());
    BrokerHarness little =
        BrokerHarness.create(
            limits ->
                limits
                    .receiveMaximum(3)
                    .topicAliasMaximum(4)
                    .maximumPacketSizeBytes(1000)
                    .sessionExpirySeconds(5)
                    .maximumQos(QoS.AT_MOST_ONCE)
                    .retainAvailable(false)
                    .wildcardAvailable(false)
                    .sharedAvailable(false)
                    .subscriptionIdentifiersAvailable(false));
    Properties told =
        little.open().connect(Packets.connect("c").expirySeconds(6).build()).properties();
    assertThat(told.entries())
        .containsExactlyInAnyOrderElementsOf(
            Properties.builder()
                .put(Property.SESSION_EXPIRY_INTERVAL, 5)
                .put(Property.RECEIVE_MAXIMUM, 3)
                .put(Property.MAXIMUM_QOS, 0)
                .put(Property.RETAIN_AVAILABLE, 0)
                .put(Property.MAXIMUM_PACKET_SIZE, 1000)
                .put(Property.TOPIC_ALIAS_MAXIMUM, 4)
                .put(Property.WILDCARD_SUBSCRIPTION_AVAILABLE, 0)
                .put(Property.SUBSCRIPTION_IDENTIFIERS_AVAILABLE, 0)
                .put(Property.SHARED_SUBSCRIPTION_AVAILABLE, 0)
                .build()
                .entries());
  }

  @Test
  @Normative({MQTT5_3_2_2_10, MQTT5_3_8_4_7})
  void subscribeAboveTheMaximumQosIsGrantedLess() {
    BrokerHarness harness = BrokerHarness.create(limits -> limits.maximumQos(QoS.AT_LEAST_ONCE));
    TestClient client = harness.connect("c");
    assertThat(
            client
                .send(Packets.subscribe(1, "a", QoS.EXACTLY_ONCE))
                .take(SubAck.class)
                .reasonCodes())
        .containsExactly(ReasonCode.GRANTED_QOS_1);
  }

  @Test
  void subscriptionsOfASessionAreBounded() {
    BrokerHarness harness = BrokerHarness.create(limits -> limits.subscriptionsPerSession(2));
    TestClient client = harness.connect("c");
    client.send(
        Packets.subscribe(
            1,
            Packets.entry("a", QoS.AT_MOST_ONCE),
            Packets.entry("b", QoS.AT_MOST_ONCE),
            Packets.entry("c", QoS.AT_MOST_ONCE),
            Packets.entry("a", QoS.AT_LEAST_ONCE)));
    assertThat(client.take(SubAck.class).reasonCodes())
        .containsExactly(
            ReasonCode.SUCCESS,
            ReasonCode.SUCCESS,
            ReasonCode.QUOTA_EXCEEDED,
            ReasonCode.GRANTED_QOS_1);
    client.send(Packets.unsubscribe(1, "b")).takeAll();
    client.subscribe("c", QoS.AT_MOST_ONCE);
  }

  @Test
  void filtersOfOneSubscribeAreBounded() {
    BrokerHarness harness = BrokerHarness.create(limits -> limits.filtersPerSubscribe(1));
    TestClient client = harness.connect("c");
    client.send(
        Packets.subscribe(
            1, Packets.entry("a", QoS.AT_MOST_ONCE), Packets.entry("b", QoS.AT_MOST_ONCE)));
    assertThat(client.take(SubAck.class).reasonCodes())
        .containsExactly(ReasonCode.SUCCESS, ReasonCode.QUOTA_EXCEEDED);
  }

  @Test
  void topicsAndFiltersAreBounded() {
    BrokerHarness harness = BrokerHarness.create(limits -> limits.topicBytes(10).topicLevels(3));
    TestClient client = harness.connect("c");
    client.send(
        Packets.subscribe(
            1,
            Packets.entry("0123456789", QoS.AT_MOST_ONCE),
            Packets.entry("0123456789a", QoS.AT_MOST_ONCE),
            Packets.entry("a/b/c", QoS.AT_MOST_ONCE),
            Packets.entry("a/b/c/d", QoS.AT_MOST_ONCE)));
    assertThat(client.take(SubAck.class).reasonCodes())
        .containsExactly(
            ReasonCode.SUCCESS,
            ReasonCode.QUOTA_EXCEEDED,
            ReasonCode.SUCCESS,
            ReasonCode.QUOTA_EXCEEDED);
    TestClient publisher = harness.connect("p");
    assertThat(publish(publisher, "0123456789", "x")).isEqualTo(ReasonCode.SUCCESS);
    assertThat(publish(publisher, "0123456789a", "x")).isEqualTo(ReasonCode.TOPIC_NAME_INVALID);
    assertThat(publish(publisher, "a/b/c/d", "x")).isEqualTo(ReasonCode.TOPIC_NAME_INVALID);
  }

  @Test
  void sessionsAreBounded() {
    BrokerHarness harness = BrokerHarness.create(limits -> limits.sessions(2));
    harness.resume("one").lose();
    harness.connect("two");
    TestClient third = harness.open().send(Packets.connect("three").build());
    assertThat(third.take(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.QUOTA_EXCEEDED);
    assertThat(third.isClosed()).isTrue();
    TestClient older =
        harness.open().send(Packets.connect("four").version(MqttVersion.MQTT_3_1_1).build());
    assertThat(older.take(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.SERVER_UNAVAILABLE);
    assertThat(harness.resumePresent("one")).isTrue();
    assertThat(harness.broker.counters().refused()).isEqualTo(2);
  }

  @Test
  void retainedMessagesAreBoundedInNumberAndBytes() {
    BrokerHarness few = BrokerHarness.create(limits -> limits.retainedMessages(1));
    assertRetains(few, "a", "x", ReasonCode.NO_MATCHING_SUBSCRIBERS);
    assertRetains(few, "b", "x", ReasonCode.QUOTA_EXCEEDED);
    assertRetains(few, "a", "y", ReasonCode.NO_MATCHING_SUBSCRIBERS);
    assertRetains(few, "a", "", ReasonCode.NO_MATCHING_SUBSCRIBERS);
    assertRetains(few, "b", "x", ReasonCode.NO_MATCHING_SUBSCRIBERS);
    assertThat(few.broker.counters().retainedRefused()).isEqualTo(1);
    BrokerHarness small = BrokerHarness.create(limits -> limits.retainedBytes(1000));
    assertRetains(small, "a", "x".repeat(700), ReasonCode.NO_MATCHING_SUBSCRIBERS);
    assertRetains(small, "b", "x".repeat(200), ReasonCode.QUOTA_EXCEEDED);
    assertRetains(small, "a", "x".repeat(800), ReasonCode.NO_MATCHING_SUBSCRIBERS);
  }

  private static void assertRetains(
      BrokerHarness harness, String topic, String payload, ReasonCode expected) {
    TestClient client = harness.connect("publisher");
    client.send(
        Packets.publish(topic, payload).retain().qos(QoS.AT_LEAST_ONCE).packetId(1).build());
    assertThat(client.take(PubAck.class).reasonCode()).isEqualTo(expected);
    client.disconnect();
  }

  @Test
  @Scenario(117)
  void offlineQueueIsBoundedInNumberAndBytes() {
    assertQueues(limits -> limits.queueMessages(3), "x", 3);
    assertQueues(limits -> limits.queueBytes(1000), "x".repeat(300), 2);
    assertQueues(limits -> limits.queueMessages(0), "x", 0);
  }

  private static void assertQueues(
      UnaryOperator<Limits.Builder> how, String payload, int expected) {
    BrokerHarness harness = BrokerHarness.create(how);
    harness.resume("c").subscribe("a", QoS.AT_LEAST_ONCE).lose();
    TestClient publisher = harness.connect("publisher");
    for (int i = 0; i < 5; i++) {
      publish(publisher, "a", payload);
    }
    assertThat(harness.session("c").queuedMessages()).isEqualTo(expected);
    assertThat(harness.broker.counters().dropped(DropReason.QUEUE_FULL)).isEqualTo(5 - expected);
    TestClient client = harness.resumeWithMessages("c");
    assertThat(client.takePublishes()).hasSize(expected);
    assertThat(harness.session("c").queuedMessages()).isZero();
    assertThat(harness.broker.counters().dropped(DropReason.EXPIRED)).isZero();
  }

  @Test
  void expiredMessagesMakeRoomInAFullQueue() {
    BrokerHarness harness = BrokerHarness.create(limits -> limits.queueMessages(3));
    harness.resume("c").subscribe("a", QoS.AT_LEAST_ONCE).lose();
    TestClient publisher = harness.connect("publisher");
    for (int i = 0; i < 3; i++) {
      publisher.send(
          Packets.publish("a", "old")
              .qos(QoS.AT_LEAST_ONCE)
              .packetId(1)
              .with(Property.MESSAGE_EXPIRY_INTERVAL, 1)
              .build());
    }
    publisher.takeAll();
    publish(publisher, "a", "too early");
    harness.advanceSeconds(1);
    publish(publisher, "a", "in time");
    assertThat(harness.session("c").queuedMessages()).isEqualTo(1);
    assertThat(harness.resumeWithMessages("c").takePayloads()).containsExactly("in time");
    assertThat(harness.broker.counters().dropped(DropReason.EXPIRED)).isEqualTo(3);
    assertThat(harness.broker.counters().dropped(DropReason.QUEUE_FULL)).isEqualTo(1);
  }

  @Test
  void messageThatFitsNoQueueBlocksNothing() {
    BrokerHarness harness = BrokerHarness.create(limits -> limits.queueMessages(0).inFlight(1));
    TestClient client = harness.connect("c").subscribe("a", QoS.AT_LEAST_ONCE);
    TestClient publisher = harness.connect("publisher");
    publish(publisher, "a", "one");
    publish(publisher, "a", "dropped");
    client.send(Packets.pubAck(client.takePublish().packetId()));
    publish(publisher, "a", "two");
    assertThat(client.takePayloads()).containsExactly("two");
    assertThat(harness.broker.counters().dropped(DropReason.QUEUE_FULL)).isEqualTo(1);
    assertThat(harness.broker.counters().dropped(DropReason.EXPIRED)).isZero();
  }

  @Test
  void slowReaderLosesQos0AndKeepsTheRest() {
    BrokerHarness harness = BrokerHarness.create(limits -> limits.outboxBytes(500));
    TestClient slow = harness.connect("slow").subscribe("a", QoS.AT_LEAST_ONCE);
    TestClient publisher = harness.connect("publisher");
    slow.link.windowBytes(300);
    slow.link.cut();
    for (int i = 1; i <= 50; i++) {
      publisher.publish("a", "zero " + i);
      publish(publisher, "a", "one " + i);
    }
    assertThat(slow.server.outbox().pendingBytes()).isBetween(500L, 600L);
    long dropped = harness.broker.counters().dropped(DropReason.OUTBOX_FULL);
    assertThat(dropped).isBetween(1L, 49L);
    assertThat(slow.session().queuedMessages()).isPositive();
    slow.link.heal();
    slow.link.runUntilIdle();
    List<Publish> got = slow.takePublishes();
    assertThat(got).hasSize((int) (100 - dropped));
    assertThat(got.stream().filter(p -> p.qos() != QoS.AT_MOST_ONCE).map(Publish::payload))
        .hasSize(50)
        .isSortedAccordingTo(
            (x, y) ->
                Integer.compare(
                    Integer.parseInt(x.toUtf8().substring(4)),
                    Integer.parseInt(y.toUtf8().substring(4))));
    assertThat(slow.server.outbox().isEmpty()).isTrue();
  }
}
