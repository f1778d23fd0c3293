package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.RetainHandling;
import io.culvert.mqtt.wire.SubAck;
import io.culvert.mqtt.wire.SubscriptionOptions;
import io.culvert.mqtt.wire.UnsubAck;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What one member of a group cannot send any more, the others get, in order. */
class SharedHandOverTest {
  private static final String FILTER = "$share/g/t";

  private BrokerHarness harness = BrokerHarness.create(limits -> limits.holdPublisherMillis(0));
  private TestClient publisher = harness.connect("publisher");
  private int published;

  private void publish(int count, QoS qos) {
    for (int i = 0; i < count; i++) {
      published++;
      publisher.send(Packets.publish(1, "t", "m" + published, qos));
      if (qos == QoS.EXACTLY_ONCE) {
        publisher.send(Packets.pubRel(1));
      }
    }
    publisher.takeAll();
  }

  private TestClient open(String clientId, int receiveMaximum, boolean cleanStart, long expiry) {
    TestClient client = harness.open();
    client.send(
        Packets.connect(clientId)
            .cleanStart(cleanStart)
            .expirySeconds(expiry)
            .with(Property.RECEIVE_MAXIMUM, receiveMaximum)
            .build());
    client.takeFirst(ConnAck.class);
    return client;
  }

  private TestClient member(String clientId, int receiveMaximum, QoS qos) {
    return join(open(clientId, receiveMaximum, false, 60), qos);
  }

  private static TestClient join(TestClient client, QoS qos) {
    client.send(Packets.subscribe(1, FILTER, qos));
    client.takeFirst(SubAck.class); // nothing is handed over before it
    return client;
  }

  private static List<String> messages(int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(i -> "m" + i).toList();
  }

  /** Between shards, who is ready may get a newer message before an older one has crossed. */
  private static void assertDone(List<String> done, List<String> all) {
    if (TestShards.COUNT == 1) {
      assertThat(done).isEqualTo(all);
    } else {
      assertThat(done).containsExactlyInAnyOrderElementsOf(all);
    }
  }

  @Test
  void whatAShardWithoutMembersWasOfferedIsForgottenThereAndOfferedAnew() {
    harness = BrokerHarness.ofShards(2, limits -> limits.holdPublisherMillis(0));
    TestClient away = member("away", 10, QoS.AT_LEAST_ONCE); // in the first shard
    TestClient busy = member("busy", 1, QoS.AT_LEAST_ONCE); // in the second one
    publisher = harness.connect("publisher");
    publish(4, QoS.AT_LEAST_ONCE);
    assertThat(busy.takePayloads()).hasSize(1);
    away.lose();
    assertThat(harness.broker.shard(1).isAnythingOffered()).isTrue();
    busy.send(Packets.disconnect(0)).endStream();
    harness.run();
    assertThat(harness.broker.shard(1).isAnythingOffered()).isFalse();
    TestClient next = join(open("next", 10, true, 0), QoS.AT_LEAST_ONCE);
    assertThat(work(next)).containsExactlyInAnyOrderElementsOf(messages(1, 4));
  }

  /** Acknowledges all that comes until nothing comes any more; gives it. */
  private static List<String> work(TestClient client) {
    List<String> done = new ArrayList<>();
    List<MqttPacket> packets = client.takeAll();
    while (!packets.isEmpty()) {
      for (MqttPacket packet : packets) {
        if (packet instanceof Publish publish) {
          done.add(publish.payload().toUtf8());
          client.send(
              publish.qos() == QoS.EXACTLY_ONCE
                  ? Packets.pubRec(publish.packetId())
                  : Packets.pubAck(publish.packetId()));
        } else {
          client.send(Packets.pubComp(packet.packetId()));
        }
      }
      packets = client.takeAll();
    }
    return done;
  }

  private long dropped() {
    long all = 0;
    for (DropReason reason : DropReason.values()) {
      all += harness.broker.counters().dropped(reason);
    }
    return all;
  }

  private enum End {
    CONNECTION,
    DISCONNECT,
    SESSION,
    EXPIRY,
    CLEAN_START
  }

  /** Ends a member which nothing was acknowledged by. */
  private void end(TestClient member, End how) {
    switch (how) {
      case CONNECTION -> member.lose();
      case DISCONNECT -> member.disconnect();
      case SESSION -> member.send(Packets.disconnect(0)).endStream();
      case EXPIRY -> {
        member.lose();
        harness.advanceSeconds(60);
      }
      case CLEAN_START -> open(member.session().clientId(), 10, true, 0);
    }
  }

  @ParameterizedTest
  @EnumSource(End.class)
  @Scenario(119)
  void sentAndWaitingGoToTheOtherInOrder(End how) {
    TestClient first = member("first", 3, QoS.AT_LEAST_ONCE);
    publish(8, QoS.AT_LEAST_ONCE);
    assertThat(first.takePayloads()).isEqualTo(messages(1, 3));
    TestClient second = open("second", 100, true, 600).subscribe(FILTER, QoS.AT_LEAST_ONCE);
    publish(1, QoS.AT_LEAST_ONCE);
    assertThat(second.takePayloads()).containsExactly("m9");
    end(first, how);
    List<Publish> handedOver = second.takePublishes();
    assertThat(handedOver)
        .extracting(publish -> publish.payload().toUtf8())
        .isEqualTo(messages(1, 8));
    assertThat(handedOver).noneMatch(Publish::dup);
    assertThat(harness.broker.counters().handedOver()).isEqualTo(8);
    assertThat(dropped()).isZero();
    if (how == End.CONNECTION) {
      assertThat(harness.resumeWithMessages("first").takeAll()).isEmpty();
    }
  }

  @Test
  void everythingStaysWhileNobodyElseIsConnected() {
    TestClient first = member("first", 2, QoS.AT_LEAST_ONCE);
    member("second", 2, QoS.AT_LEAST_ONCE).lose();
    publish(4, QoS.AT_LEAST_ONCE);
    List<Publish> sent = first.takePublishes();
    first.lose();
    publish(2, QoS.AT_LEAST_ONCE);
    assertThat(
            harness.session("first").queuedMessages() + harness.session("second").queuedMessages())
        .isEqualTo(4);
    assertThat(harness.session("first").inFlight()).isEqualTo(2);
    assertThat(harness.broker.counters().handedOver()).isZero();
    TestClient again = harness.resumeWithMessages("first");
    List<Publish> all = again.takePublishes();
    assertDone(all.stream().map(p -> p.payload().toUtf8()).toList(), messages(1, 6));
    assertThat(all.subList(0, 2)).allMatch(Publish::dup);
    assertThat(all.get(0).packetId()).isEqualTo(sent.get(0).packetId());
  }

  @ParameterizedTest
  @EnumSource(SharedStrategy.class)
  void whoComesFirstGetsWhatWaits(SharedStrategy strategy) {
    harness = BrokerHarness.create(limits -> limits.sharedStrategy(strategy));
    publisher = harness.connect("publisher");
    member("a", 10, QoS.AT_LEAST_ONCE).lose();
    member("b", 10, QoS.AT_LEAST_ONCE).lose();
    publish(30, QoS.AT_LEAST_ONCE);
    TestClient b = open("b", 10, false, 60);
    assertDone(work(b), messages(1, 30));
    assertThat(harness.session("a").queuedMessages()).isZero();
  }

  @Test
  void newMemberGetsWhatWaitsBehindItsSubAck() {
    member("a", 10, QoS.AT_LEAST_ONCE).lose();
    publish(3, QoS.AT_LEAST_ONCE);
    TestClient b = member("b", 10, QoS.AT_LEAST_ONCE);
    assertThat(b.takePayloads()).isEqualTo(messages(1, 3));
  }

  @Test
  void othersTakeOnlyWhatTheyCanSendAndTheRestIsThereForItsMember() {
    TestClient first = member("first", 2, QoS.AT_LEAST_ONCE);
    publish(6, QoS.AT_LEAST_ONCE);
    first.takePublishes();
    TestClient second = member("second", 3, QoS.AT_LEAST_ONCE);
    first.lose();
    List<Publish> taken = second.takePublishes();
    assertThat(taken).extracting(p -> p.payload().toUtf8()).isEqualTo(messages(1, 3));
    second.send(Packets.pubAck(taken.get(0).packetId()));
    assertThat(second.takePayloads()).containsExactly("m4");
    TestClient again = harness.resumeWithMessages("first");
    assertThat(again.takePayloads()).isEqualTo(messages(5, 6));
  }

  @Test
  void newMessagesWaitBehindThoseThatAreHandedOver() {
    TestClient first = member("first", 2, QoS.AT_LEAST_ONCE);
    publish(6, QoS.AT_LEAST_ONCE);
    TestClient second = member("second", 1, QoS.AT_LEAST_ONCE);
    first.lose();
    publish(4, QoS.AT_LEAST_ONCE);
    assertDone(work(second), messages(1, 10));
  }

  @Test
  @Scenario(119)
  void manyTakeOverTogether() {
    TestClient first = member("first", 10, QoS.AT_LEAST_ONCE);
    publish(100, QoS.AT_LEAST_ONCE);
    List<TestClient> others = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      others.add(member("other" + i, 1, QoS.AT_LEAST_ONCE));
    }
    first.lose();
    List<String> done = new ArrayList<>();
    others.forEach(other -> assertThat(other.link.right().isClosed()).isFalse());
    for (TestClient other : others) {
      done.addAll(work(other));
    }
    assertThat(done).containsExactlyInAnyOrderElementsOf(messages(1, 100));
    assertThat(harness.session("first").queuedMessages()).isZero();
    assertThat(harness.session("first").inFlight()).isZero();
  }

  @Test
  @Normative({MQTT5_4_8_2_4, MQTT5_4_8_2_5})
  void startedQos2StaysAndUnstartedGoes() {
    TestClient first = member("first", 2, QoS.EXACTLY_ONCE);
    publish(4, QoS.EXACTLY_ONCE);
    List<Publish> sent = first.takePublishes();
    TestClient second = member("second", 10, QoS.EXACTLY_ONCE);
    first.lose();
    assertThat(second.takePayloads()).containsExactly("m3", "m4");
    TestClient again = harness.resumeWithMessages("first");
    assertThat(again.takePublishes())
        .extracting(Publish::packetId)
        .isEqualTo(sent.stream().map(Publish::packetId).toList());
    again.lose();
    harness.advanceSeconds(3600);
    assertThat(second.takeAll()).isEmpty();
    assertThat(harness.broker.counters().dropped(DropReason.SESSION_ENDED)).isEqualTo(2);
  }

  @Test
  void handedOverMessageFollowsTheRulesOfItsNewMember() {
    TestClient first = member("first", 1, QoS.EXACTLY_ONCE);
    publisher.send(Packets.publish("t", "sent").qos(QoS.EXACTLY_ONCE).packetId(1).retain().build());
    publisher.send(Packets.pubRel(1));
    publisher.send(
        Packets.publish("t", "kept")
            .qos(QoS.EXACTLY_ONCE)
            .packetId(2)
            .retain()
            .user("name", "value")
            .with(Property.MESSAGE_EXPIRY_INTERVAL, 30)
            .build());
    publisher.send(Packets.pubRel(2));
    publisher.takeAll();
    harness.advanceSeconds(10);
    TestClient second = harness.connect("second");
    second.send(
        Packets.subscribe(
            7,
            Packets.entry(
                FILTER,
                new SubscriptionOptions(
                    QoS.AT_LEAST_ONCE, false, true, RetainHandling.DO_NOT_SEND))));
    second.takeAll();
    first.lose();
    Publish got = second.takePublish();
    assertThat(got.payload().toUtf8()).isEqualTo("kept");
    assertThat(got.qos()).isEqualTo(QoS.AT_LEAST_ONCE);
    assertThat(got.retain()).isTrue();
    assertThat(got.properties().integer(Property.MESSAGE_EXPIRY_INTERVAL, 0)).isEqualTo(20);
    assertThat(got.properties().userProperties()).hasSize(1);
  }

  @Test
  void expiredMessagesAreNotHandedOver() {
    TestClient first = member("first", 1, QoS.AT_LEAST_ONCE);
    publish(1, QoS.AT_LEAST_ONCE);
    publisher.send(
        Packets.publish("t", "short")
            .qos(QoS.AT_LEAST_ONCE)
            .packetId(1)
            .with(Property.MESSAGE_EXPIRY_INTERVAL, 5)
            .build());
    publish(1, QoS.AT_LEAST_ONCE);
    harness.advanceSeconds(5);
    TestClient second = member("second", 10, QoS.AT_LEAST_ONCE);
    first.lose();
    assertThat(second.takePayloads()).containsExactly("m1", "m2");
    assertThat(harness.broker.counters().dropped(DropReason.EXPIRED)).isEqualTo(1);
  }

  @Test
  void whoUnsubscribesFinishesWhatItHasAndTheOthersGetTheRest() {
    TestClient first = member("first", 2, QoS.AT_LEAST_ONCE);
    publish(5, QoS.AT_LEAST_ONCE);
    List<Publish> sent = first.takePublishes();
    TestClient second = member("second", 10, QoS.AT_LEAST_ONCE);
    first.send(Packets.unsubscribe(9, FILTER)).take(UnsubAck.class);
    assertThat(second.takePayloads()).isEqualTo(messages(3, 5));
    sent.forEach(publish -> first.send(Packets.pubAck(publish.packetId())));
    assertThat(first.takeAll()).isEmpty();
    assertThat(harness.session("first").inFlight()).isZero();
  }

  @Test
  void theLastMemberThatUnsubscribesGetsWhatWaits() {
    TestClient only = member("only", 1, QoS.AT_LEAST_ONCE);
    publish(3, QoS.AT_LEAST_ONCE);
    Publish sent = only.takePublish();
    only.send(Packets.unsubscribe(9, FILTER)).take(UnsubAck.class);
    only.send(Packets.pubAck(sent.packetId()));
    assertThat(work(only)).containsExactly("m2", "m3");
  }

  @Test
  void takeOverByTheSameClientHandsNothingOver() {
    TestClient first = member("first", 2, QoS.AT_LEAST_ONCE);
    publish(4, QoS.AT_LEAST_ONCE);
    TestClient second = member("second", 10, QoS.AT_LEAST_ONCE);
    TestClient again = harness.resumeWithMessages("first");
    assertThat(second.takeAll()).isEmpty();
    assertThat(again.takePayloads()).isEqualTo(messages(1, 4));
    assertThat(first.isClosed()).isTrue();
  }

  @Test
  void endedSessionLeavesItsMessagesToMembersThatAreAway() {
    TestClient first = harness.connect("first").subscribe(FILTER, QoS.AT_LEAST_ONCE);
    publish(3, QoS.AT_LEAST_ONCE);
    member("away", 10, QoS.AT_LEAST_ONCE).lose();
    first.lose();
    assertThat(dropped()).isZero();
    assertThat(harness.session("away").queuedMessages()).isEqualTo(3);
    assertThat(work(open("away", 10, false, 60))).isEqualTo(messages(1, 3));
  }

  @Test
  void endedSessionWaitsForRoom() {
    harness = BrokerHarness.create(limits -> limits.queueMessages(4).holdPublisherMillis(0));
    publisher = harness.connect("publisher");
    TestClient first = open("first", 4, true, 0).subscribe(FILTER, QoS.AT_LEAST_ONCE);
    TestClient second = join(open("second", 1, true, 0), QoS.AT_LEAST_ONCE);
    publish(5 + 8, QoS.AT_LEAST_ONCE); // windows and queues are full
    assertThat(dropped()).isZero();
    List<String> done = new ArrayList<>();
    first.takeAll();
    first.lose();
    assertThat(dropped()).isZero();
    done.addAll(work(second));
    assertThat(done).containsExactlyInAnyOrderElementsOf(messages(1, 13));
    assertThat(harness.broker.counters().handedOver()).isEqualTo(8);
  }

  @Test
  void whatEndedSessionsLeaveIsCountedAsHeld() {
    TestClient stuck = open("stuck", 1, true, 0).subscribe(FILTER, QoS.AT_LEAST_ONCE);
    publish(1, QoS.AT_LEAST_ONCE);
    TestClient ends = join(open("ends", 10, true, 0), QoS.AT_LEAST_ONCE);
    long before = harness.broker.heldBytes();
    for (int id = 1; id <= 8; id++) {
      publisher.send(Packets.publish(id, "t", "x".repeat(10_000), QoS.AT_LEAST_ONCE));
    }
    ends.takeAll();
    ends.lose();
    assertThat(harness.broker.heldBytes()).isGreaterThan(before + 75_000);
    assertThat(work(stuck)).hasSize(9);
    assertThat(harness.broker.heldBytes()).isLessThan(before);
  }

  @Test
  void endedSessionsDoNotPileUp() {
    harness =
        BrokerHarness.create(limits -> limits.queueMessages(4).inFlight(4).holdPublisherMillis(0));
    publisher = harness.connect("publisher");
    TestClient stuck = open("stuck", 1, true, 0).subscribe(FILTER, QoS.AT_LEAST_ONCE);
    for (int i = 0; i < 10; i++) {
      TestClient other = join(open("other" + i, 4, true, 0), QoS.AT_LEAST_ONCE);
      publish(12, QoS.AT_LEAST_ONCE);
      other.lose();
    }
    assertThat(work(stuck).size()).isLessThanOrEqualTo((1 + 4 + 8) * TestShards.COUNT);
    assertThat(harness.broker.counters().dropped(DropReason.QUEUE_FULL)).isPositive();
  }

  @Test
  void lastMembersMessagesDieWithTheGroup() {
    TestClient only = harness.connect("only").subscribe(FILTER, QoS.AT_LEAST_ONCE);
    publish(3, QoS.AT_LEAST_ONCE);
    only.lose();
    assertThat(harness.broker.counters().dropped(DropReason.SESSION_ENDED)).isEqualTo(3);
    TestClient next = harness.connect("next").subscribe(FILTER, QoS.AT_LEAST_ONCE);
    assertThat(next.takeAll()).isEmpty();
  }

  @Test
  void otherMessagesStayWithTheirSession() {
    TestClient first = member("first", 1, QoS.AT_LEAST_ONCE);
    first.subscribe("t", QoS.AT_LEAST_ONCE);
    first.subscribe("$share/other/t", QoS.AT_LEAST_ONCE);
    publish(3, QoS.AT_LEAST_ONCE); // three times each
    TestClient second = member("second", 10, QoS.AT_LEAST_ONCE);
    first.lose();
    assertThat(second.takePayloads()).isEqualTo(messages(1, 3));
    assertThat(harness.session("first").queuedMessages() + harness.session("first").inFlight())
        .isEqualTo(6);
    TestClient again = open("first", 1, false, 60);
    assertThat(work(again)).containsExactlyInAnyOrder("m1", "m1", "m2", "m2", "m3", "m3");
  }

  @Test
  void hundredThousandGoInSlices() {
    int count = 100_000;
    harness =
        BrokerHarness.create(
            limits ->
                limits
                    .queueMessages(count)
                    .queueBytes(1L << 30)
                    .inFlight(65_535)
                    .outboxBytes(1L << 30)
                    .holdPublisherMillis(0));
    publisher = harness.connect("publisher");
    TestClient first = open("first", 1, true, 0).subscribe(FILTER, QoS.AT_LEAST_ONCE);
    for (int i = 0; i < count / 1000; i++) {
      Publish[] thousand = new Publish[1000];
      for (int k = 0; k < 1000; k++) {
        thousand[k] = Packets.publish(1 + k, "t", "m" + ++published, QoS.AT_LEAST_ONCE);
      }
      publisher.send(thousand).takeAll();
    }
    TestClient second = open("second", 65_535, true, 0).subscribe(FILTER, QoS.AT_LEAST_ONCE);
    long before = harness.broker.counters().handedOver();
    harness.broker.disconnected(
        first.server, DisconnectCause.CONNECTION_LOST, harness.clock.nowMillis());
    assertThat(harness.broker.counters().handedOver() - before).isLessThan(10_000);
    harness.advance(1);
    assertThat(work(second)).isEqualTo(messages(1, count));
    assertThat(dropped()).isZero();
  }
}
