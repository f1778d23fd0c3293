package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Property.RECEIVE_MAXIMUM;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sessions that move between shards while messages and other connections of the same client are on
 * their way: what crosses between the shards does so in any order that a link allows.
 */
class SessionMoveTest {
  private static final int SEEDS = 300;
  private static final int STEPS = 400;

  private final List<TestClient> connections = new ArrayList<>();
  private final List<String> received = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5})
  void eachMessageArrivesOnceAndInItsPublishersOrder(int shards) {
    for (int seed = 0; seed < SEEDS; seed++) {
      play(shards, seed);
    }
  }

  @Test
  void connectionsThatFightForASessionGetItInTurn() {
    for (int seed = 0; seed < SEEDS; seed++) {
      BrokerHarness harness = BrokerHarness.ofShards(4);
      Random random = new Random(seed);
      harness.resume("c").subscribe("t", QoS.AT_LEAST_ONCE);
      harness.broker.bySteps(true);
      List<TestClient> rivals = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        rivals.add(connect(harness));
        for (int steps = random.nextInt(4); steps > 0; steps--) {
          step(harness, random);
        }
      }
      harness.broker.bySteps(false);
      harness.run();
      for (TestClient rival : rivals) {
        ConnAck connAck = rival.takeFirst(ConnAck.class);
        assertThat(connAck.reasonCode()).isEqualTo(ReasonCode.SUCCESS);
        assertThat(connAck.sessionPresent()).as("seed %s", seed).isTrue();
      }
      assertThat(rivals.stream().filter(rival -> !rival.isClosed()))
          .as("seed %s", seed)
          .containsExactly(rivals.get(9));
      assertThat(harness.broker.sessionCount()).isEqualTo(1);
      assertThat(harness.broker.subscriptionCount()).isEqualTo(1);
    }
  }

  @Test
  void publishersThatHaveGoneLeaveNothingBehind() {
    BrokerHarness harness = BrokerHarness.ofShards(2);
    TestClient subscriber = harness.connect("s").subscribe("t", QoS.AT_LEAST_ONCE);
    TestClient publisher = harness.connect("p");
    publisher.send(Packets.publish(1, "t", "x", QoS.AT_LEAST_ONCE));
    assertThat(subscriber.takePayloads()).containsExactly("x");
    assertThat(harness.broker.shard(1).namedPublishers()).isEqualTo(1);
    publisher.lose();
    assertThat(harness.broker.shard(1).namedPublishers()).isZero();
  }

  @Test
  void publishersThatGoBeforeTheyAreHeldUpAreForgottenByTheirReaders() {
    BrokerHarness harness = BrokerHarness.ofShards(2, limits -> limits.queueMessages(8));
    TestClient reader = harness.connect(Packets.connect("r").with(RECEIVE_MAXIMUM, 1).build());
    reader.subscribe("t", QoS.AT_LEAST_ONCE);
    for (int i = 0; i < 20; i++) {
      TestClient publisher = harness.connect("p" + i);
      publisher.send(Packets.publish(1, "t", "x", QoS.AT_LEAST_ONCE), Packets.disconnect(0));
      assertThat(publisher.isClosed()).isTrue();
      harness.open().endStream(); // the next one is in the second shard, too
    }
    assertThat(harness.broker.counters().held()).isPositive();
    assertThat(harness.broker.shard(0).heldElsewhere()).isZero();
  }

  @Test
  void publishersThatAreLostWhileTheyAreHeldUpAreForgottenByTheirReaders() {
    BrokerHarness harness = BrokerHarness.ofShards(2, limits -> limits.queueMessages(8));
    TestClient reader = harness.connect(Packets.connect("r").with(RECEIVE_MAXIMUM, 1).build());
    reader.subscribe("t", QoS.AT_LEAST_ONCE);
    TestClient publisher = harness.connect("p");
    for (int i = 1; i <= 8; i++) {
      publisher.send(Packets.publish(i, "t", "x", QoS.AT_LEAST_ONCE));
    }
    assertThat(publisher.server.publisher().isHeld()).isTrue();
    assertThat(harness.broker.shard(0).heldElsewhere()).isEqualTo(1);
    publisher.server.disconnect(ReasonCode.SERVER_BUSY, DisconnectCause.SERVER_DISCONNECT);
    harness.run();
    assertThat(harness.broker.shard(0).heldElsewhere()).isZero();
  }

  @Test
  void delayedWillIsPublishedAlthoughItsSessionHasMovedToAConnectionThatWasLost() {
    BrokerHarness harness = BrokerHarness.ofShards(2);
    TestClient watcher = harness.connect("watcher").subscribe("will/c", QoS.AT_LEAST_ONCE);
    ConnectBuilder withWill = Packets.connect("c").expirySeconds(100).will("will/c", "gone", 10);
    harness.connect(withWill.build()).lose();
    harness.broker.bySteps(true);
    TestClient again = connect(harness);
    again.lose();
    harness.broker.bySteps(false);
    harness.run();
    assertThat(harness.broker.shard(0).session("c")).isNotNull();
    harness.advance(9_999);
    assertThat(watcher.takeAll()).isEmpty();
    harness.advance(1);
    assertThat(watcher.takePayloads()).containsExactly("gone");
  }

  @Test
  void delayedWillIsForgottenWhenItsSessionHasMovedToANewConnection() {
    BrokerHarness harness = BrokerHarness.ofShards(2);
    TestClient watcher = harness.connect("watcher").subscribe("will/c", QoS.AT_LEAST_ONCE);
    ConnectBuilder withWill = Packets.connect("c").expirySeconds(100).will("will/c", "gone", 10);
    harness.connect(withWill.build()).lose();
    TestClient again = connect(harness);
    assertThat(again.take(ConnAck.class).sessionPresent()).isTrue();
    again.lose();
    harness.advanceSeconds(200);
    assertThat(watcher.takeAll()).isEmpty();
  }

  @Test
  void retainedMessagesAreNotAskedForBehindTheEndOfTheirSession() {
    BrokerHarness harness = BrokerHarness.ofShards(2);
    TestClient publisher = harness.connect("publisher");
    for (int i = 0; i < 20; i++) {
      publisher.send(
          Packets.publish("t/" + i, "x").qos(QoS.AT_LEAST_ONCE).packetId(1).retain().build());
    }
    TestClient first = harness.open();
    first.send(
        Packets.connect("c")
            .cleanStart(false)
            .expirySeconds(3600)
            .with(RECEIVE_MAXIMUM, 1)
            .build());
    first.takeFirst(ConnAck.class);
    first.send(Packets.subscribe(1, "t/#", QoS.AT_LEAST_ONCE));
    harness.broker.bySteps(true);
    TestClient second = connect(harness);
    harness.open().endStream(); // the next one is in the same shard as the second
    TestClient third = harness.open();
    third.send(Packets.connect("c").build()); // with Clean Start, behind the second
    harness.broker.bySteps(false);
    harness.run();
    assertThat(second.isClosed()).isTrue();
    assertThat(third.take(ConnAck.class).sessionPresent()).isFalse();
    third.disconnect();
    publisher.disconnect();
    harness.run();
    assertThat(harness.broker.sessionCount()).isZero();
    assertThat(harness.broker.heldBytes()).isEqualTo(harness.broker.retainedBytes());
  }

  private void play(int shards, int seed) {
    BrokerHarness harness = BrokerHarness.ofShards(shards);
    Random random = new Random(seed);
    connections.clear();
    received.clear();
    TestClient first = harness.resume("c").subscribe("t/#", QoS.AT_LEAST_ONCE);
    connections.add(first);
    List<TestClient> publishers =
        IntStream.range(0, shards).mapToObj(i -> harness.connect("publisher " + i)).toList();
    int[] published = new int[shards];
    harness.broker.bySteps(true);
    for (int i = 0; i < STEPS; i++) {
      int choice = random.nextInt(20);
      if (choice == 0) {
        connections.add(connect(harness));
      } else if (choice < 6) {
        int publisher = random.nextInt(shards);
        String payload = publisher + ":" + published[publisher]++;
        publishers
            .get(publisher)
            .send(Packets.publish(1 + i, "t/" + publisher, payload, QoS.AT_LEAST_ONCE));
      } else {
        step(harness, random);
      }
      if (random.nextInt(10) == 0) {
        receive();
      }
    }
    harness.broker.bySteps(false);
    harness.run();
    receive();
    connections.add(connect(harness));
    harness.run();
    receive();
    harness.run();
    receive();
    for (int publisher = 0; publisher < shards; publisher++) {
      String prefix = publisher + ":";
      assertThat(received.stream().filter(text -> text.startsWith(prefix)))
          .as("seed %s, publisher %s", seed, publisher)
          .containsExactlyElementsOf(
              IntStream.range(0, published[publisher]).mapToObj(n -> prefix + n).toList());
    }
    assertThat(harness.broker.sessionCount()).isEqualTo(1 + shards);
    assertThat(harness.session("c").inFlight()).isZero();
  }

  private static void step(BrokerHarness harness, Random random) {
    harness.broker.step(random, harness.clock.nowMillis());
    harness.run();
  }

  private static TestClient connect(BrokerHarness harness) {
    TestClient client = harness.open();
    client.send(Packets.connect("c").cleanStart(false).expirySeconds(3600).build());
    return client;
  }

  /** Notes what came for the first time, and acknowledges all. */
  private void receive() {
    for (TestClient client : connections) {
      for (MqttPacket packet : client.takeAll()) {
        if (packet instanceof Publish publish) {
          if (!publish.dup()) {
            received.add(publish.payload().toUtf8());
          }
          client.send(PubAck.of(publish.packetId()));
        }
      }
    }
  }
}
