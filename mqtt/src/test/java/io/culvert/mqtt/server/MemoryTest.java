package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.SubAck;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.mqtt.wire.UnsubAck;
import io.culvert.mqtt.wire.Wire;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A node whose clients make it hold as much as they may. */
class MemoryTest {
  private static final String KILOBYTE = "x".repeat(1000);

  private final BrokerHarness harness =
      BrokerHarness.create(
          limits ->
              limits
                  .nodeBytes(1_000_000)
                  .queueMessages(100_000)
                  .queueBytes(1 << 30)
                  .holdPublisherMillis(0));

  @Test
  void messagesThatWouldWaitAreRefusedAndThoseThatLeaveAtOnceAreNot() {
    harness.resume("away").subscribe("busy", QoS.AT_LEAST_ONCE).endStream();
    TestClient reader = harness.connect("reader").subscribe("live", QoS.AT_LEAST_ONCE);
    TestClient sender = harness.connect("sender");
    int taken = publishUntilRefused(sender, "busy");

    assertThat(taken).isBetween(300, 450); // a kilobyte each, and its frame
    Publish live = Packets.publish(1, "live", "x", QoS.AT_LEAST_ONCE);
    sender.send(live);
    assertThat(sender.take(PubAck.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
    assertThat(reader.takePayloads()).containsExactly("x");
    assertThat(harness.broker.counters().refusedForMemory().of(MemoryRefusal.MESSAGE)).isEqualTo(1);
    assertThat(harness.broker.counters().dropped(DropReason.QUEUE_FULL)).isZero();

    TestClient back = harness.resumeWithMessages("away"); // all that was acknowledged is there
    for (int left = taken; left > 0; ) {
      List<Publish> some = back.takePublishes();
      assertThat(some).isNotEmpty();
      left -= some.size();
      some.forEach(publish -> back.send(Packets.pubAck(publish.packetId())));
    }
    sender.send(Packets.publish(1, "busy", KILOBYTE, QoS.AT_LEAST_ONCE));
    assertThat(sender.take(PubAck.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
  }

  @Test
  @OneShard
  void nothingNewThatStaysIsTakenWhileMemoryIsScarce() {
    TestClient known = harness.connect("known");
    harness.resume("away").subscribe("busy", QoS.AT_LEAST_ONCE).endStream();
    TestClient sender = harness.connect("sender");
    publishUntilRefused(sender, "busy");

    TestClient late = harness.open();
    late.send(Packets.connect("late").build());
    assertThat(late.take(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.QUOTA_EXCEEDED);
    TestClient old = harness.open();
    old.send(Packets.connect("old").version(MqttVersion.MQTT_3_1_1).build());
    assertThat(old.take(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.SERVER_UNAVAILABLE);
    known.send(Packets.subscribe(1, "new", QoS.AT_LEAST_ONCE));
    assertThat(known.take(SubAck.class).reasonCodes()).containsExactly(ReasonCode.QUOTA_EXCEEDED);
    sender.send(Packets.publish("kept", "x").qos(QoS.AT_LEAST_ONCE).packetId(7).retain().build());
    assertThat(sender.take(PubAck.class).reasonCode()).isEqualTo(ReasonCode.QUOTA_EXCEEDED);
    Counters counters = harness.broker.counters();
    assertThat(counters.refusedForMemory().of(MemoryRefusal.SESSION)).isEqualTo(2);
    assertThat(counters.refusedForMemory().of(MemoryRefusal.SUBSCRIPTION)).isEqualTo(1);

    harness.advanceSeconds(3600); // the session that holds it all ends
    harness.connect("late").subscribe("new", QoS.AT_LEAST_ONCE);
  }

  @Test
  void messagesForAGroupWhoseMembersAreAwayAreRefusedAndForOneThatKeepsUpAreNot() {
    harness.resume("away").subscribe("$share/g/work", QoS.AT_LEAST_ONCE).endStream();
    harness.resume("away-2").subscribe("$share/g/work", QoS.AT_LEAST_ONCE).endStream();
    TestClient sender = harness.connect("sender");
    TestClient worker = harness.connect("worker");
    TestClient other = harness.connect("other");
    assertThat(publishUntilRefused(sender, "work")).isBetween(300, 450);

    harness.advanceSeconds(3600); // what the two held is gone
    worker.subscribe("$share/g/work", QoS.AT_LEAST_ONCE);
    hold(950_000);
    sender.send(Packets.publish(1, "work", "x", QoS.AT_LEAST_ONCE));
    assertThat(sender.take(PubAck.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
    other.send(Packets.publish(1, "work", "y", QoS.AT_LEAST_ONCE)); // while "x" is unacknowledged
    assertThat(other.take(PubAck.class).reasonCode()).isEqualTo(ReasonCode.QUOTA_EXCEEDED);
    assertThat(worker.takePayloads()).containsExactly("x");
  }

  /** Its acknowledgements are on their way. */
  @Test
  void aReaderThatHasAcknowledgedBeforeMayHaveAFewUnacknowledged() {
    TestClient trusted = harness.connect("trusted").subscribe("t", QoS.AT_LEAST_ONCE);
    TestClient unknown = harness.connect("unknown").subscribe("u", QoS.AT_LEAST_ONCE);
    TestClient sender = harness.connect("sender");
    for (int i = 0; i < 20; i++) {
      sender.send(Packets.publish(1, "t", "x", QoS.AT_LEAST_ONCE)).takeAll();
      trusted.send(Packets.pubAck(trusted.takePublish().packetId()));
    }
    hold(950_000);
    assertThat(publishUntilRefused(sender, "t", "x")).isEqualTo(17);
    assertThat(publishUntilRefused(sender, "u", "x")).isEqualTo(1);
    assertThat(acknowledgeAll(trusted)).isEqualTo(17);
    sender.send(Packets.publish(1, "t", "x", QoS.AT_LEAST_ONCE));
    assertThat(sender.take(PubAck.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
  }

  /** No connection of the shard where it waits has anything to say. */
  @Test
  void aMessageFromAnotherShardCountsAtOnce() {
    BrokerHarness two = BrokerHarness.ofShards(2, limits -> limits.nodeBytes(1_000_000));
    two.connect("sender");
    two.resume("away").subscribe("busy", QoS.AT_LEAST_ONCE).endStream();
    Message message =
        Message.of(
            TopicName.of("busy"),
            Bytes.utf8(KILOBYTE.repeat(100)),
            QoS.AT_LEAST_ONCE,
            false,
            Properties.EMPTY,
            two.clock.nowMillis());
    two.broker.publish(null, message, two.clock.nowMillis());
    while (two.broker.exchange(two.clock.nowMillis())) {
      // until all has crossed
    }
    assertThat(two.broker.toldBytes()).isGreaterThan(100_000);
  }

  /** For each reader those are held that it has not acknowledged; the rest is there once. */
  @Test
  void readersOfRetainedMessagesThatAcknowledgeNothingLeaveMemoryToOthers() {
    TestClient sender = harness.connect("sender");
    TestClient live = harness.connect("live").subscribe("live", QoS.AT_LEAST_ONCE);
    int all = 200;
    for (int i = 0; i < all; i++) {
      retain(sender, "r/" + i, KILOBYTE);
    }
    TestClient first = subscribedToAll("first");
    TestClient second = subscribedToAll("second");
    TestClient third = subscribedToAll("third");
    assertThat(harness.broker.heldBytes()).isBetween(890_000L, 950_000L);
    sender.send(Packets.publish(1, "live", "x", QoS.AT_LEAST_ONCE));
    assertThat(sender.take(PubAck.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
    assertThat(live.takePayloads()).containsExactly("x");

    assertThat(first.takePublishes()).hasSize(all);
    assertThat(second.takePublishes()).hasSize(all);
    assertThat(acknowledgeAll(third)).isEqualTo(all);
  }

  @Test
  void whereMemoryIsCriticalRetainedMessagesWaitUntilThereIsSome() {
    TestClient sender = harness.connect("sender");
    for (int i = 0; i < 20; i++) {
      retain(sender, "r/" + i, KILOBYTE);
    }
    TestClient reader =
        harness.connect(Packets.connect("reader").with(Property.RECEIVE_MAXIMUM, 1).build());
    reader.send(Packets.subscribe(1, "r/#", QoS.AT_LEAST_ONCE));
    assertThat(reader.takeFirst(SubAck.class).reasonCodes())
        .containsExactly(ReasonCode.GRANTED_QOS_1);
    Publish first = reader.takePublish();
    hold(980_000 - harness.broker.heldBytes());
    reader.send(Packets.pubAck(first.packetId()));
    harness.advanceSeconds(1);
    assertThat(reader.takePublishes()).isEmpty();
    hold(-500_000);
    harness.advanceSeconds(1);
    assertThat(acknowledgeAll(reader)).isEqualTo(19);
  }

  @Test
  void retainedMessagesOfAnotherShardAreFetchedWhenItIsTheTurnOfTheirSubscription() {
    TestClient sender = harness.connect("sender");
    for (int i = 0; i < 50; i++) {
      retain(sender, "r/" + i, KILOBYTE);
    }
    TestClient reader =
        harness.connect(Packets.connect("reader").with(Property.RECEIVE_MAXIMUM, 1).build());
    reader.subscribe("first", QoS.AT_LEAST_ONCE);
    sender.send(Packets.publish(1, "first", "x", QoS.AT_LEAST_ONCE)).takeAll();
    reader.takePublish();
    long before = harness.broker.heldBytes();
    List<String> filters = List.of("r/#", "r/+", "+/#", "+/+", "#");
    filters.forEach(
        filter -> reader.send(Packets.subscribe(2, filter, QoS.AT_LEAST_ONCE)).takeAll());
    assertThat(harness.broker.heldBytes() - before).isLessThan(15_000);

    reader.send(Packets.pubAck(1));
    assertThat(acknowledgeAll(reader)).isEqualTo(50 * filters.size());
  }

  /** Each shard keeps in mind what filters the others have. */
  @Test
  void filtersCountInEachShardThatKnowsThemAndAreGivenBack() {
    long one = bytesOfSubscriptions(BrokerHarness.ofShards(1));
    long three = bytesOfSubscriptions(BrokerHarness.ofShards(3));
    assertThat(three).isBetween(one * 5 / 2, one * 4);
  }

  private static long bytesOfSubscriptions(BrokerHarness node) {
    TestClient client = node.connect("reader");
    long before = node.broker.heldBytes();
    for (int i = 0; i < 50; i++) {
      client.subscribe("a/" + i + "/+", QoS.AT_LEAST_ONCE);
    }
    long held = node.broker.heldBytes() - before;
    for (int i = 0; i < 50; i++) {
      client.send(Packets.unsubscribe(1, "a/" + i + "/+"));
      client.take(UnsubAck.class);
    }
    assertThat(node.broker.heldBytes()).isEqualTo(before);
    return held;
  }

  @Test
  void packetsThatNeverEndAreRefusedWhereMemoryIsScarce() {
    TestClient small = harness.connect("small");
    TestClient large = harness.connect("large");
    TestClient old = old("old");
    hold(936_000); // a thousand bytes for each
    String publish = "30 b8 17 0001 74 00"; // of 3000 bytes
    small.sendHex(publish + "00".repeat(500));
    large.sendHex(publish + "00".repeat(2000));
    old.sendHex(publish + "00".repeat(2000));
    assertThat(small.isClosed()).isFalse();
    assertThat(large.take(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.QUOTA_EXCEEDED);
    assertThat(large.isClosed()).isTrue();
    assertThat(old.takeAll()).isEmpty();
    assertThat(old.isClosed()).isTrue();

    hold(-936_000);
    small.sendHex("00".repeat(2496));
    assertThat(small.isClosed()).isFalse();
  }

  /** It has hung up: what the kernels have taken from it comes, though it has to wait. */
  @Test
  void whatComesWhileAClientHasToWaitIsKeptWhereThereIsMemory() {
    BrokerHarness node =
        BrokerHarness.create(limits -> limits.nodeBytes(4_000_000).messagesPerSecond(10));
    TestClient reader = node.connect("reader").subscribe("t", QoS.AT_MOST_ONCE);
    TestClient patient = node.connect("patient");
    comesWhileItWaits(node, patient, 1000);
    assertThat(node.broker.heldBytes()).isGreaterThan(1_000_000);
    node.advanceSeconds(101);
    assertThat(reader.takePublishes()).hasSize(1000);
    assertThat(patient.isClosed()).isFalse();

    TestClient hasty = node.connect("hasty");
    assertThat(comesWhileItWaits(node, hasty, 10_000)).isBetween(2_000_000L, 3_600_000L);
    node.advanceSeconds(1000);
    assertThat(hasty.take(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.QUOTA_EXCEEDED);
    assertThat(hasty.isClosed()).isTrue();
    assertThat(reader.takePublishes()).hasSizeBetween(1000, 3600);
    assertThat(node.broker.heldBytes()).isLessThan(100_000);
  }

  /** So many messages of a kilobyte; tells the most that the node has held meanwhile. */
  private static long comesWhileItWaits(BrokerHarness node, TestClient client, int messages) {
    Bytes message = Wire.encode(Packets.publish("t", KILOBYTE).build(), MqttVersion.MQTT_5);
    int sent = 0;
    for (; !client.server.awaitsDecision(); sent++) {
      client.send(message);
    }
    long most = 0;
    for (; sent < messages; sent++) {
      client.server.receive(message);
      assertThat(client.server.poll(node.clock.nowMillis())).isNull();
      most = Math.max(most, node.broker.heldBytes());
    }
    return most;
  }

  /** An acknowledgement would be a lie, and there is no other answer. */
  @Test
  void beforeMqtt5ThePublisherIsDisconnectedWithoutAcknowledgement() {
    TestClient atLeastOnce = old("a");
    TestClient exactlyOnce = old("b");
    harness.broker.shard(0).hold(1_000_000);
    atLeastOnce.send(Packets.publish(5, "busy", "x", QoS.AT_LEAST_ONCE));
    exactlyOnce.send(Packets.publish(5, "busy", "x", QoS.EXACTLY_ONCE));
    assertThat(atLeastOnce.takeAll()).isEmpty();
    assertThat(atLeastOnce.isClosed()).isTrue();
    assertThat(exactlyOnce.takeAll()).isEmpty();
    assertThat(exactlyOnce.isClosed()).isTrue();
    assertThat(harness.session("b").received().size()).isZero(); // it may come again
  }

  @Test
  void whenAllIsUsedNoMessageIsTakenAndNoConnectionBefore() {
    TestClient reader = harness.connect("reader").subscribe("t", QoS.AT_MOST_ONCE);
    TestClient sender = harness.connect("sender");
    hold(950_000);
    assertThat(harness.open().isClosed()).isFalse();
    hold(20_000);
    assertThat(harness.open().isClosed()).isTrue();
    hold(30_000);
    sender.publish("t", "x").send(Packets.publish(1, "t", "x", QoS.AT_LEAST_ONCE));
    assertThat(sender.take(PubAck.class).reasonCode()).isEqualTo(ReasonCode.QUOTA_EXCEEDED);
    assertThat(reader.takeAll()).isEmpty();
    assertThat(harness.open().isClosed()).isTrue();

    harness.broker.shard(0).hold(-1_000_000);
    sender.publish("t", "x");
    assertThat(reader.takePayloads()).containsExactly("x");
    harness.connect("another");
  }

  /** From another shard, for instance: it is sent as soon as its reader has its turn. */
  @Test
  void whatWasAcceptedBeforeAllWasUsedIsDelivered() {
    TestClient reader = harness.connect("reader").subscribe("t", QoS.AT_LEAST_ONCE);
    harness.broker.shard(0).hold(1_000_000);
    for (int i = 0; i < 10; i++) {
      Message message =
          Message.of(
              TopicName.of("t"),
              Bytes.utf8("x" + i),
              QoS.AT_LEAST_ONCE,
              false,
              Properties.EMPTY,
              harness.clock.nowMillis());
      harness.broker.publish(null, message, harness.clock.nowMillis());
    }
    harness.run();
    assertThat(reader.takePayloads()).hasSize(10).startsWith("x0").endsWith("x9");
  }

  @Test
  void allThatIsHeldIsGivenBack() {
    long empty = harness.broker.heldBytes();
    assertThat(empty).isZero();
    TestClient client =
        harness.connect(Packets.connect("c").will("will", KILOBYTE, 10).expirySeconds(100).build());
    client.subscribe("a/b", QoS.EXACTLY_ONCE).subscribe("a/#", QoS.AT_LEAST_ONCE);
    client.send(
        Packets.publish("a/b", KILOBYTE).qos(QoS.AT_LEAST_ONCE).packetId(3).retain().build());
    assertThat(harness.broker.heldBytes()).isGreaterThan(8000);
    client.lose();
    harness.connect("d").send(Packets.publish(1, "a/b", "x", QoS.EXACTLY_ONCE)).disconnect();
    harness.advanceSeconds(101);
    harness.connect("e").send(Packets.publish("a/b", "").retain().build()).disconnect();
    assertThat(harness.broker.sessionCount()).isZero();
    assertThat(harness.broker.heldBytes()).isZero();
  }

  private TestClient old(String clientId) {
    return harness.connect(
        Packets.connect(clientId).version(MqttVersion.MQTT_3_1_1).cleanStart(false).build());
  }

  /** Something else holds so much, and all have seen it. */
  private void hold(long bytes) {
    harness.broker.shard(0).hold(bytes);
    harness.run();
  }

  private static void retain(TestClient sender, String topic, String payload) {
    sender.send(
        Packets.publish(topic, payload).qos(QoS.AT_LEAST_ONCE).packetId(1).retain().build());
    assertThat(sender.take(PubAck.class).reasonCode().isError()).isFalse();
  }

  private TestClient subscribedToAll(String clientId) {
    TestClient reader = harness.connect(clientId);
    reader.send(Packets.subscribe(1, "r/#", QoS.AT_LEAST_ONCE));
    assertThat(reader.takeFirst(SubAck.class).reasonCodes())
        .containsExactly(ReasonCode.GRANTED_QOS_1);
    return reader;
  }

  /** Whoever acknowledges gets all; tells how many came. */
  private static int acknowledgeAll(TestClient reader) {
    int came = 0;
    List<Publish> some = reader.takePublishes();
    while (!some.isEmpty()) {
      came += some.size();
      some.forEach(publish -> reader.send(Packets.pubAck(publish.packetId())));
      some = reader.takePublishes();
    }
    return came;
  }

  private int publishUntilRefused(TestClient sender, String topic) {
    return publishUntilRefused(sender, topic, KILOBYTE);
  }

  private int publishUntilRefused(TestClient sender, String topic, String payload) {
    for (int taken = 0; taken < 10_000; taken++) {
      sender.send(Packets.publish(1, topic, payload, QoS.AT_LEAST_ONCE));
      ReasonCode code = sender.take(PubAck.class).reasonCode();
      if (code == ReasonCode.QUOTA_EXCEEDED) {
        return taken;
      }
      assertThat(code).isEqualTo(ReasonCode.SUCCESS);
    }
    throw new AssertionError("nothing was refused");
  }
}
