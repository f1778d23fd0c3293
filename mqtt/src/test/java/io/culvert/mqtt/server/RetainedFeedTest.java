package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.BufferPool;
import io.culvert.engine.Bytes;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.RetainHandling;
import io.culvert.mqtt.wire.SubAck;
import io.culvert.mqtt.wire.SubscriptionOptions;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.mqtt.wire.Wire;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Retained messages for a new subscription, beside whatever else goes on. */
class RetainedFeedTest {
  private final BrokerHarness harness = BrokerHarness.create();
  private final TestClient publisher = harness.connect("publisher");
  private int wakes;

  @Test
  @OneShard
  void aLongSearchIsDoneInPortions() {
    for (int i = 0; i < 100_000; i++) {
      retain("a/" + i + "/no", "x");
    }
    retain("a/here/yes", "x");
    ServerConnection server =
        new ServerConnection(harness.limits, new BufferPool(), () -> wakes++, null, 0);
    hand(server, Wire.encode(Packets.connect("c").build(), MqttVersion.MQTT_5));
    hand(
        server, Wire.encode(Packets.subscribe(1, "+/+/yes", QoS.AT_MOST_ONCE), MqttVersion.MQTT_5));
    Session session = harness.session("c");
    int portions = 0;
    while (session.outgoing().feedCount() > 0) {
      int before = wakes;
      poll(server);
      assertThat(session.outgoing().feedCount() == 0 || wakes > before)
          .as("it goes on by itself")
          .isTrue();
      portions++;
    }
    assertThat(portions).isGreaterThan(1);
    assertThat(harness.broker.counters().delivered()).isEqualTo(1);
  }

  @Test
  @OneShard
  void othersHaveTheirTurnAfterAFew() {
    for (int i = 0; i < 1000; i++) {
      retain("a/" + i, "x");
    }
    ServerConnection server =
        new ServerConnection(harness.limits, new BufferPool(), () -> wakes++, null, 0);
    hand(server, Wire.encode(Packets.connect("c").build(), MqttVersion.MQTT_5));
    hand(server, Wire.encode(Packets.subscribe(1, "a/#", QoS.AT_MOST_ONCE), MqttVersion.MQTT_5));
    long delivered = harness.broker.counters().delivered();
    while (harness.session("c").outgoing().feedCount() > 0) {
      int before = wakes;
      poll(server);
      long now = harness.broker.counters().delivered();
      assertThat(now - delivered).as("in one turn").isLessThanOrEqualTo(64);
      assertThat(now == 1000 || wakes > before).as("it goes on by itself").isTrue();
      delivered = now;
    }
    assertThat(delivered).isEqualTo(1000);
  }

  @Test
  void veryManyComeAtAPaceThatLeavesOthersTheirTime() {
    int many = 5000;
    for (int i = 0; i < many; i++) {
      retain("a/" + i, "x");
    }
    TestClient client = harness.connect("c");
    client.send(Packets.subscribe(1, "a/#", QoS.AT_MOST_ONCE));
    int atOnce = client.takeAll().size() - 1; // behind SUBACK
    assertThat(atOnce).isBetween(1, 2000 * TestShards.COUNT);
    harness.advance(1);
    assertThat(client.takeAll()).hasSizeBetween(1, 250);
    harness.advance(20);
    assertThat(harness.session("c").outgoing().feedCount()).isZero();
    assertThat(harness.broker.counters().delivered()).isEqualTo(many);
    assertThat(harness.broker.deadlineMillis()).isGreaterThan(harness.clock.nowMillis() + 1000);
  }

  @Test
  void messageThatWaitedIsTheOneThatIsRetainedWhenItsTurnComes() {
    TestClient client = blocked();
    retain("a", "old");
    client.send(Packets.subscribe(2, "a", QoS.AT_LEAST_ONCE)).takeAll();
    retain("a", "new");
    assertThat(payloadsToTheEnd(client)).doesNotContain("old").contains("new");
  }

  @Test
  void messageThatIsRemovedMeanwhileDoesNotComeAnyMore() {
    TestClient client = blocked();
    retain("a", "old");
    retain("a/b", "below");
    client.send(Packets.subscribe(2, "a/#", QoS.AT_LEAST_ONCE)).takeAll();
    retain("a", "");
    assertThat(payloadsToTheEnd(client)).doesNotContain("old").contains("below");
  }

  @Test
  void subscriptionsThatAreReplacedLeaveNothingBehind() {
    TestClient client = blocked();
    retain("a", "x");
    for (int i = 0; i < 100; i++) {
      client.send(Packets.subscribe(2, "a", QoS.AT_LEAST_ONCE)).takeAll();
    }
    assertThat(client.session().outgoing().feedCount()).isLessThan(10);
    assertThat(payloadsToTheEnd(client)).containsExactly("x");
  }

  @ParameterizedTest
  @EnumSource(names = {"SEND_IF_NEW", "DO_NOT_SEND"})
  void whatWaitedStillComesWhenItsSubscriptionIsReplacedByOneThatAsksForNone(
      RetainHandling handling) {
    TestClient client = blocked();
    for (int i = 0; i < 10; i++) {
      retain("a/" + i, "x");
    }
    client.send(Packets.subscribe(2, "a/#", QoS.AT_LEAST_ONCE)).takeAll();
    SubscriptionOptions options = Packets.handling(QoS.AT_LEAST_ONCE, handling);
    for (int i = 0; i < 3; i++) {
      client.send(Packets.subscribe(2, Packets.entry("a/#", options))).takeAll();
    }
    assertThat(client.session().outgoing().feedCount()).isEqualTo(1);
    assertThat(payloadsToTheEnd(client)).hasSize(10);
  }

  @Test
  void filterThatComesTwiceInOnePacketIsNewTheFirstTime() {
    retain("a", "x");
    TestClient client = harness.connect("c");
    SubscriptionOptions options = Packets.handling(QoS.AT_LEAST_ONCE, RetainHandling.SEND_IF_NEW);
    client.send(Packets.subscribe(1, Packets.entry("a", options), Packets.entry("a", options)));
    client.takeFirst(SubAck.class);
    assertThat(client.takePayloads()).containsExactly("x");
  }

  @Test
  void comeOnTheNextConnectionWhenTheFirstWasLostBeforeSubAck() {
    BrokerHarness two = BrokerHarness.ofShards(2);
    two.connect("publisher")
        .send(Packets.publish("a", "x").qos(QoS.AT_LEAST_ONCE).packetId(1).retain().build());
    TestClient client = two.resume("c");
    two.broker.bySteps(true); // the other shard does not know of the subscription yet
    SubscriptionOptions options = Packets.handling(QoS.AT_LEAST_ONCE, RetainHandling.SEND_IF_NEW);
    client.send(Packets.subscribe(1, Packets.entry("a", options)));
    assertThat(client.takeAll()).isEmpty();
    client.lose();
    two.broker.bySteps(false);
    two.run();
    TestClient again = two.resumeWithMessages("c");
    assertThat(again.takePayloads()).containsExactly("x");
  }

  @Test
  @Normative({MQTT5_3_3_1_9, MQTT5_3_1_2_23})
  void whatWaitedComesOnTheNextConnectionOfTheSession() {
    retain("first", "1");
    retain("second", "2");
    Connect connect =
        Packets.connect("c")
            .cleanStart(false)
            .expirySeconds(60)
            .with(Property.RECEIVE_MAXIMUM, 1)
            .build();
    TestClient client = harness.connect(connect);
    client.send(Packets.subscribe(1, "#", QoS.AT_LEAST_ONCE));
    assertThat(client.takeAll()).hasSize(2); // SUBACK and one of them
    client.lose();

    TestClient again = harness.open().send(connect);
    again.takeFirst(ConnAck.class);
    int firstId = again.takePublish().packetId();
    again.send(Packets.pubAck(firstId));
    assertThat(again.takePublish().payload().toUtf8()).isIn("1", "2");
  }

  /** A client that has not acknowledged the one message that it takes at a time. */
  private TestClient blocked() {
    TestClient client =
        harness.connect(Packets.connect("c").with(Property.RECEIVE_MAXIMUM, 1).build());
    client.subscribe("first", QoS.AT_LEAST_ONCE);
    publisher.send(Packets.publish(1, "first", "x", QoS.AT_LEAST_ONCE)).takeAll();
    client.takePublish();
    return client;
  }

  private List<String> payloadsToTheEnd(TestClient client) {
    client.send(Packets.pubAck(1));
    List<String> payloads = new ArrayList<>();
    List<Publish> batch = client.takePublishes();
    while (!batch.isEmpty()) {
      for (Publish publish : batch) {
        payloads.add(publish.payload().toUtf8());
        client.send(Packets.pubAck(publish.packetId()));
      }
      batch = client.takePublishes();
    }
    return payloads;
  }

  private void retain(String topic, String payload) {
    harness.broker.publish(
        null,
        Packets.publish(topic, payload).retain().qos(QoS.AT_LEAST_ONCE).packetId(1).build(),
        TopicName.of(topic),
        harness.clock.nowMillis());
    harness.run();
  }

  private void hand(ServerConnection server, Bytes bytes) {
    server.receive(bytes);
    poll(server);
  }

  private void poll(ServerConnection server) {
    ServerEvent event;
    while ((event = server.poll(0)) != null) {
      harness.broker.handle(server, event, 0);
    }
  }
}
