package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.SubAck;
import io.culvert.mqtt.wire.TopicName;
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

  /** In several shards, those for another one are taken until all is used. */
  @Test
  @OneShard
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
  void whenAllIsUsedNoMessageAndNoConnectionIsTaken() {
    TestClient reader = harness.connect("reader").subscribe("t", QoS.AT_MOST_ONCE);
    TestClient sender = harness.connect("sender");
    harness.broker.shard(0).hold(1_000_000);
    sender.publish("none", "x"); // it looks
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

  private int publishUntilRefused(TestClient sender, String topic) {
    for (int taken = 0; taken < 10_000; taken++) {
      sender.send(Packets.publish(1, topic, KILOBYTE, QoS.AT_LEAST_ONCE));
      ReasonCode code = sender.take(PubAck.class).reasonCode();
      if (code == ReasonCode.QUOTA_EXCEEDED) {
        return taken;
      }
      assertThat(code).isEqualTo(ReasonCode.SUCCESS);
    }
    throw new AssertionError("nothing was refused");
  }
}
