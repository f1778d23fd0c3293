package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.testkit.SimulatedDisk.Crash;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubRel;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.SubAck;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * No acknowledged message of a shared subscription is lost on its way from one durable member to
 * another, which takes a disk's time.
 */
class SharedDurabilityTest {
  private static final String FILTER = "$share/g/t";
  private static final int MESSAGES = 60;
  private static final Permissions NOTHING = new Answering(null);

  private BrokerHarness harness = durable(TestShards.COUNT);

  private static BrokerHarness durable(int shards) {
    return durable(shards, 10);
  }

  private static BrokerHarness durable(int shards, int queueMessages) {
    return BrokerHarness.durable(
        limits -> limits.queueMessages(queueMessages).holdPublisherMillis(0), shards, 1);
  }

  private TestClient member(String clientId, int receiveMaximum) {
    return open(clientId, receiveMaximum, 3600).subscribe(FILTER, QoS.EXACTLY_ONCE);
  }

  private TestClient open(String clientId, int receiveMaximum, int expirySeconds) {
    TestClient client = harness.open();
    client.send(
        Packets.connect(clientId)
            .cleanStart(false)
            .expirySeconds(expirySeconds)
            .with(Property.RECEIVE_MAXIMUM, receiveMaximum)
            .build());
    client.takeFirst(ConnAck.class);
    return client;
  }

  private void publish(int count, QoS qos) {
    TestClient publisher = harness.connect("publisher");
    for (int i = 1; i <= count; i++) {
      publisher.send(Packets.publish(i, "t", "m" + i, qos));
    }
    assertThat(publisher.takeAll()).hasSize(count);
  }

  private static List<String> messages(int count) {
    return IntStream.rangeClosed(1, count).mapToObj(i -> "m" + i).toList();
  }

  /** Acknowledges what comes until nothing comes any more; gives it. */
  private List<String> work(TestClient client) {
    List<String> done = new ArrayList<>();
    for (List<MqttPacket> some = client.takeAll(); !some.isEmpty(); some = client.takeAll()) {
      for (MqttPacket packet : some) {
        if (packet instanceof Publish publish) {
          done.add(publish.payload().toUtf8());
        }
        client.send(answer(packet));
      }
      harness.advance(100);
    }
    return done;
  }

  private static MqttPacket[] answer(MqttPacket packet) {
    int id = packet.packetId();
    if (packet instanceof PubRel) {
      return new MqttPacket[] {Packets.pubComp(id)};
    } else if (packet instanceof Publish publish && publish.qos() != QoS.AT_MOST_ONCE) {
      return new MqttPacket[] {
        publish.qos() == QoS.EXACTLY_ONCE ? Packets.pubRec(id) : Packets.pubAck(id)
      };
    }
    return new MqttPacket[0];
  }

  private long dropped() {
    long all = 0;
    for (DropReason reason : DropReason.values()) {
      all += harness.broker.counters().dropped(reason);
    }
    return all;
  }

  @Test
  void aMemberGetsNoMoreThanItHasRoomForAndTheRestWaits() {
    TestClient gone = member("gone", MESSAGES);
    publish(MESSAGES, QoS.AT_LEAST_ONCE);
    TestClient other = member("other", 5);
    harness.disk().takesMillis(10, 10);
    gone.lose();
    harness.advance(1000);
    assertThat(dropped()).isZero();
    assertThat(harness.session("other").queuedMessages()).isZero(); // it takes what it can send
    assertThat(work(other)).containsExactlyInAnyOrderElementsOf(messages(MESSAGES));
    assertThat(dropped()).isZero();
  }

  @Test
  void whatAnEndedSessionHasLeftWaitsForRoomAtADurableMember() {
    TestClient gone = member("gone", MESSAGES);
    publish(MESSAGES, QoS.AT_LEAST_ONCE);
    TestClient other = member("other", 5);
    harness.disk().takesMillis(10, 10);
    gone.send(Packets.disconnect(0)).endStream();
    harness.advance(1000);
    assertThat(dropped()).isZero();
    assertThat(work(other)).containsExactlyInAnyOrderElementsOf(messages(MESSAGES));
    assertThat(dropped()).isZero();
  }

  @Test
  void whatWasToBeSentWhenTheMemberWentHasRoomInItsQueue() {
    TestClient only = member("only", MESSAGES);
    harness.disk().takesMillis(10, 10);
    TestClient publisher = harness.connect("publisher");
    for (int i = 1; i <= MESSAGES; i++) {
      publisher.send(Packets.publish(i, "t", "m" + i, QoS.AT_LEAST_ONCE));
    }
    only.lose();
    harness.advance(1000);
    assertThat(publisher.takeAll()).hasSize(MESSAGES);
    assertThat(dropped()).isZero();
    harness.disk().takesMillis(0, 0);
    assertThat(work(open("only", 5, 3600))).isEqualTo(messages(MESSAGES));
  }

  // ---- the members of a group in two shards: clients connect to them in turn

  @Test
  void whatTheLastOfAShardLeavesIsNotDroppedWhereAllOthersAreFull() {
    harness = durable(2);
    TestClient last = member("last", 1);
    TestClient full = member("full", 1);
    publish(2 * 11, QoS.AT_LEAST_ONCE);
    last.send(Packets.unsubscribe(9, FILTER));
    harness.advance(100);
    List<String> done = work(last);
    done.addAll(work(full));
    assertThat(done).containsExactlyInAnyOrderElementsOf(messages(2 * 11));
    assertThat(dropped()).isZero();
  }

  @Test
  void whoHasUnsubscribedLeavesWhatWaitsToAnotherShardWhenThatHasRoom() {
    harness = durable(2);
    TestClient last = member("last", 1);
    TestClient full = member("full", 1);
    publish(2 * 11, QoS.AT_LEAST_ONCE);
    last.send(Packets.unsubscribe(9, FILTER));
    harness.advance(100);
    last.takeAll();
    assertThat(work(full)).hasSize(2 * 11 - 1); // one was sent to the other before
    assertThat(dropped()).isZero();
    harness.restart();
    assertThat(harness.session("last").queuedMessages()).isEqualTo(1);
  }

  @Test
  void whoHasUnsubscribedGetsOtherMessagesBesidesThoseThatItLeaves() {
    harness = durable(2);
    TestClient last = member("last", 1);
    TestClient full = member("full", 1);
    publish(2 * 6, QoS.AT_LEAST_ONCE);
    last.send(Packets.subscribe(9, "other", QoS.AT_LEAST_ONCE), Packets.unsubscribe(9, FILTER));
    assertThat(full.takePublishes()).hasSize(1); // and acknowledges nothing
    TestClient publisher = harness.connect("p");
    publisher.send(Packets.publish(1, "other", "x", QoS.AT_LEAST_ONCE));
    assertThat(work(last)).contains("x").hasSize(1 + 6);
    assertThat(dropped()).isZero();
  }

  @Test
  void whatAnEndedSessionLeavesWaitsWhereAllOthersAreFullAndAway() {
    harness = durable(2);
    TestClient last = member("last", 1);
    TestClient full = member("full", 1);
    publish(2 * 11, QoS.AT_LEAST_ONCE);
    full.lose();
    last.send(Packets.disconnect(0)).endStream();
    harness.advance(100);
    assertThat(work(open("full", 1, 3600))).containsExactlyInAnyOrderElementsOf(messages(2 * 11));
    assertThat(dropped()).isZero();
  }

  @Test
  void whatAnotherShardHasAskedForStaysOnTheDiskUntilAMemberHasIt() {
    takenWithoutRoom();
    harness.crash(Crash.LOSES_UNSYNCED);
    List<String> done = work(open("taker", 1, 3600));
    done.addAll(work(open("away", 1, 3600)));
    assertThat(done).containsExactlyInAnyOrder("m1", "new1", "new2", "new3");
  }

  @Test
  void whatAnotherShardHasAskedForIsNotOnTheDiskForLongerThanThat() {
    TestClient taker = takenWithoutRoom();
    assertThat(work(taker)).containsExactlyInAnyOrder("m1", "new1", "new2", "new3");
    harness.restart();
    assertThat(work(open("away", 1, 3600))).isEmpty();
  }

  /** Another shard asks for a message, and has no room for it any more when it comes. */
  private TestClient takenWithoutRoom() {
    harness = durable(2, 2);
    TestClient away = member("away", 10);
    TestClient taker = member("taker", 1);
    publish(2, QoS.AT_LEAST_ONCE); // one for each
    TestClient publisher = harness.connect("in the shard of the taker");
    away.lose();
    int packetId = taker.takePublish().packetId();
    harness.broker.bySteps(true);
    for (int i = 1; i <= 3; i++) { // what it has room for, soon
      publisher.send(Packets.publish(i, "t", "new" + i, QoS.AT_LEAST_ONCE));
    }
    taker.send(Packets.pubAck(packetId)); // now it could take what the other one has left
    harness.broker.bySteps(false);
    harness.advance(100);
    assertThat(publisher.takeAll()).hasSize(3);
    assertThat(harness.session("away").inFlight()).isZero(); // that has gone to the other shard
    assertThat(harness.session("taker").queuedMessages()).isEqualTo(2);
    assertThat(dropped()).isZero();
    return taker;
  }

  @Test
  void whatWasBeingStoredForAnEndedSessionGoesToAnotherShard() {
    harness = durable(2);
    TestClient ended = member("ended", 10);
    TestClient other = open("other", 10, 3600);
    TestClient publisher = harness.connect("publisher");
    harness.disk().takesMillis(10, 10);
    publisher.send(Packets.publish(1, "t", "m1", QoS.AT_LEAST_ONCE));
    other.send(Packets.subscribe(1, FILTER, QoS.AT_LEAST_ONCE));
    ended.send(Packets.disconnect(0)).endStream();
    harness.advance(100);
    other.takeFirst(SubAck.class);
    assertThat(work(other)).containsExactly("m1");
    assertThat(dropped()).isZero();
  }

  @Test
  void whatWasBeingStoredForAnEndedSessionWaitsForRoom() {
    TestClient ended = member("ended", MESSAGES);
    TestClient other = open("other", 2, 3600);
    TestClient publisher = harness.connect("publisher");
    harness.disk().takesMillis(10, 10);
    for (int i = 1; i <= MESSAGES; i++) {
      publisher.send(Packets.publish(i, "t", "m" + i, QoS.EXACTLY_ONCE));
    }
    other.send(Packets.subscribe(1, FILTER, QoS.EXACTLY_ONCE));
    ended.send(Packets.disconnect(0)).endStream();
    harness.advance(1000);
    other.takeFirst(SubAck.class);
    harness.disk().takesMillis(0, 0);
    assertThat(work(other)).containsExactlyInAnyOrderElementsOf(messages(MESSAGES));
    assertThat(dropped()).isZero();
  }

  @Test
  void whatOfQos2WaitedForTheDiskWhenItsSessionEndedGoesToAnother() {
    harness = durable(1); // where the publisher's record makes the disk busy
    TestClient ended = open("ended", 10, 0).subscribe(FILTER, QoS.EXACTLY_ONCE);
    TestClient other = open("other", 10, 0);
    TestClient publisher = harness.resume("publisher");
    harness.disk().takesMillis(10, 10);
    publisher.send(Packets.publish(1, "t", "m1", QoS.EXACTLY_ONCE));
    other.subscribe(FILTER, QoS.EXACTLY_ONCE);
    ended.lose();
    harness.advance(100);
    assertThat(ended.takeAll()).isEmpty();
    assertThat(work(other)).containsExactly("m1");
  }

  @Test
  void whatIsAcknowledgedWhileItsPageIsReadIsNotLoadedAgain() {
    int plain = 100; // on several pages
    for (int millis = 0; millis < 100; millis += 4) {
      harness = BrokerHarness.durable(limits -> limits.holdPublisherMillis(0), TestShards.COUNT, 1);
      member("reader", 1000).subscribe("plain", QoS.AT_LEAST_ONCE).lose();
      TestClient publisher = harness.connect("publisher");
      for (int i = 0; i < plain; i++) {
        publisher.send(Packets.publish(1, "plain", "x".repeat(4000), QoS.AT_LEAST_ONCE));
      }
      publisher.send(Packets.publish(1, "t", "shared", QoS.AT_LEAST_ONCE)); // on the last page
      harness.disk().takesMillis(10, 10);
      TestClient reader = harness.open();
      reader.send(
          Packets.connect("reader")
              .cleanStart(false)
              .expirySeconds(3600)
              .with(Property.RECEIVE_MAXIMUM, 1000)
              .build());
      harness.advance(20);
      reader.takeFirst(ConnAck.class);
      Publish first = (Publish) reader.takeAll().get(0);
      assertThat(first.payload().toUtf8()).isEqualTo("shared");
      harness.advance(millis);
      reader.send(Packets.pubAck(first.packetId()));
      harness.advance(1000);
      assertThat(work(reader).contains("shared")).as("after %s ms", millis).isFalse();
    }
  }

  // ---- after a restart

  @Test
  void aSessionThatMovesTakesAlongMoreThanItsQueueHasRoomFor() {
    harness = durable(2);
    TestClient first = member("first", 1);
    publish(11, QoS.AT_LEAST_ONCE); // one in flight, ten in the queue
    first.lose();
    harness.restart(); // now they are all alike
    open("other", 1, 0).lose(); // so that the next one comes to the other shard
    assertThat(work(open("first", 1, 3600))).isEqualTo(messages(11));
    assertThat(dropped()).isZero();
  }

  @Test
  void whatWaitedGoesToAMemberThatComesBack() {
    member("away", 10).lose();
    member("other", 10).lose();
    publish(5, QoS.AT_LEAST_ONCE);
    harness.restart();
    assertThat(work(open("other", 10, 3600))).containsExactlyInAnyOrderElementsOf(messages(5));
  }

  @Test
  void whatWaitsForAMemberThatMayNotBeOneAnyMoreGoesToTheOthers() {
    member("former", 10).lose();
    member("other", 10).lose();
    publish(5, QoS.AT_LEAST_ONCE);
    harness.authorizationAfterRestart(
        (clientId, userName, granted) ->
            clientId.equals("former") ? NOTHING : Permissions.EVERYTHING);
    harness.restart();
    assertThat(work(open("former", 10, 3600))).isEmpty();
    assertThat(work(open("other", 10, 3600))).containsExactlyInAnyOrderElementsOf(messages(5));
    assertThat(dropped()).isZero();
  }

  @Test
  void whatWasSentToAMemberThatMayNotBeOneAnyMoreGoesToTheOthers() {
    member("other", 10).lose();
    TestClient former = member("former", 10);
    publish(5, QoS.AT_LEAST_ONCE);
    former.lose();
    harness.authorizationAfterRestart(
        (clientId, userName, granted) ->
            clientId.equals("former") ? NOTHING : Permissions.EVERYTHING);
    harness.restart();
    assertThat(work(open("former", 10, 3600))).isEmpty();
    assertThat(work(open("other", 10, 3600))).containsExactlyInAnyOrderElementsOf(messages(5));
    assertThat(dropped()).isZero();
    harness.restart();
    assertThat(harness.session("former").queuedMessages()).isZero();
  }
}
