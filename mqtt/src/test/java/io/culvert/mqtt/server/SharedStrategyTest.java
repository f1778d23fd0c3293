package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.culvert.engine.Bytes;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.topic.SharedGroup;
import io.culvert.mqtt.topic.SharedMember;
import io.culvert.mqtt.topic.TopicTree;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.SubscriptionOptions;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who of a group gets a message, and what it costs to find out. */
class SharedStrategyTest {
  private static final String FILTER = "$share/g/t/#";

  private final List<TestClient> members = new ArrayList<>();
  private BrokerHarness harness;
  private TestClient publisher;

  private void begin(SharedStrategy strategy) {
    harness = BrokerHarness.create(limits -> limits.sharedStrategy(strategy));
    publisher = harness.connect("publisher");
  }

  private TestClient join(String clientId, int receiveMaximum) {
    TestClient member =
        harness
            .connect(
                Packets.connect(clientId).with(Property.RECEIVE_MAXIMUM, receiveMaximum).build())
            .subscribe(FILTER, QoS.AT_LEAST_ONCE);
    members.add(member);
    return member;
  }

  private void publish(TestClient from, String topic, String payload) {
    from.send(Packets.publish(1, topic, payload, QoS.AT_LEAST_ONCE)).takeAll();
  }

  /** Who has got a message since the last time, by the place at which it joined. */
  private List<Integer> receivers() {
    List<Integer> receivers = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      for (int n = members.get(i).takePublishes().size(); n > 0; n--) {
        receivers.add(i);
      }
    }
    return receivers;
  }

  private void acknowledgeAll(TestClient member) {
    member.takePublishes().forEach(p -> member.send(Packets.pubAck(p.packetId())));
  }

  @Test
  @OneShard
  void roundRobinGivesEachItsTurn() {
    begin(SharedStrategy.ROUND_ROBIN);
    for (int i = 0; i < 4; i++) {
      join("m" + i, 100);
    }
    for (int i = 0; i < 12; i++) {
      publish(publisher, "t", "x");
      assertThat(receivers()).containsExactly(i % 4);
    }
  }

  @Test
  void memberThatHadNoRoomGetsItsTurnsBack() {
    begin(SharedStrategy.ROUND_ROBIN);
    TestClient narrow = join("narrow", 1);
    TestClient wide = join("wide", 100);
    for (int i = 0; i < 5; i++) {
      publish(publisher, "t", "x");
    }
    assertThat(wide.takePublishes()).hasSize(4);
    acknowledgeAll(narrow);
    publish(publisher, "t", "x");
    publish(publisher, "t", "x");
    assertThat(receivers()).containsExactly(0, 1);
  }

  @Test
  @OneShard
  void leastInFlightPrefersWhoAcknowledges() {
    begin(SharedStrategy.LEAST_IN_FLIGHT);
    TestClient slow = join("slow", 100);
    TestClient quick = join("quick", 100);
    for (int i = 0; i < 10; i++) {
      publish(publisher, "t", "x");
      acknowledgeAll(quick);
    }
    assertThat(slow.takePublishes()).hasSize(1);
    acknowledgeAll(slow);
    publish(publisher, "t", "x");
    publish(publisher, "t", "x");
    assertThat(receivers()).as("as busy as each other: in turn").containsExactly(0, 1);
  }

  @Test
  void leastInFlightSpreadsEvenlyOverALargeGroup() {
    begin(SharedStrategy.LEAST_IN_FLIGHT);
    for (int i = 0; i < 200; i++) {
      join("m" + i, 100);
    }
    for (int i = 0; i < 600; i++) {
      publish(publisher, "t", "x");
    }
    assertThat(members).allSatisfy(m -> assertThat(m.takePublishes()).hasSize(3));
  }

  @Test
  @OneShard
  void stickyStaysUntilItsMemberIsFullOrLeaves() {
    begin(SharedStrategy.STICKY);
    join("a", 3);
    TestClient b = join("b", 100);
    for (int i = 0; i < 5; i++) {
      publish(publisher, "t", "x");
    }
    assertThat(receivers()).containsExactly(0, 0, 0, 1, 1);
    publish(publisher, "t", "x");
    assertThat(receivers()).as("the new one keeps it").containsExactly(1);
    b.lose();
    harness.run();
    TestClient c = join("c", 100);
    publish(publisher, "t", "x");
    assertThat(c.takePublishes()).hasSize(1);
  }

  @Test
  @OneShard
  void hashByTopicKeepsATopicAtItsMember() {
    begin(SharedStrategy.HASH_TOPIC);
    for (int i = 0; i < 5; i++) {
      join("m" + i, 1000);
    }
    Map<String, Integer> home = new HashMap<>();
    for (int round = 0; round < 3; round++) {
      for (int topic = 0; topic < 100; topic++) {
        publish(publisher, "t/" + topic, "x");
        int receiver = receivers().get(0);
        assertThat(home.computeIfAbsent("t/" + topic, t -> receiver)).isEqualTo(receiver);
      }
    }
    assertThat(Set.copyOf(home.values())).hasSize(5);
    join("one more", 1000);
    int moved = 0;
    for (int topic = 0; topic < 100; topic++) {
      publish(publisher, "t/" + topic, "x");
      int receiver = receivers().get(0);
      if (receiver != home.get("t/" + topic)) {
        assertThat(receiver).as("only to the new one").isEqualTo(5);
        moved++;
      }
    }
    assertThat(moved).isBetween(1, 40);
  }

  @Test
  void hashByClientKeepsAPublisherAtItsMember() {
    begin(SharedStrategy.HASH_CLIENT);
    for (int i = 0; i < 4; i++) {
      join("m" + i, 1000);
    }
    Set<Integer> used = new HashSet<>();
    for (int p = 0; p < 40; p++) {
      TestClient from = harness.connect("publisher " + p);
      Set<Integer> mine = new HashSet<>();
      for (int i = 0; i < 5; i++) {
        publish(from, "t/" + i, "x");
        mine.addAll(receivers());
      }
      assertThat(mine).hasSize(1);
      used.addAll(mine);
    }
    assertThat(used).hasSize(4);
  }

  @ParameterizedTest
  @EnumSource(SharedStrategy.class)
  @Scenario(119)
  void memberWithoutRoomIsPassedOverWhileAnotherHasRoom(SharedStrategy strategy) {
    begin(strategy);
    for (int i = 0; i < 4; i++) {
      join("m" + i, 5);
    }
    for (int i = 0; i < 20; i++) {
      publish(publisher, "t/" + i, "x");
    }
    assertThat(members).allSatisfy(m -> assertThat(m.takePublishes()).hasSize(5));
    publish(publisher, "t", "waits");
    assertThat(receivers()).isEmpty();
    assertThat(members.stream().mapToInt(m -> m.session().queuedMessages()).sum()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(SharedStrategy.class)
  @Scenario(119)
  void waitingIsSpreadUntilEveryQueueIsFull(SharedStrategy strategy) {
    harness =
        BrokerHarness.create(
            limits -> limits.sharedStrategy(strategy).queueMessages(4).holdPublisherMillis(0));
    publisher = harness.connect("publisher");
    for (int i = 0; i < 3; i++) {
      join("m" + i, 1);
    }
    harness.resume("away").subscribe(FILTER, QoS.AT_LEAST_ONCE).lose();
    harness.resume("sleeps").subscribe(FILTER, QoS.AT_MOST_ONCE).lose();
    for (int i = 0; i < 3 + 3 * 4 + 4; i++) {
      publish(publisher, "t/" + i, "x");
    }
    assertThat(harness.broker.counters().dropped(DropReason.QUEUE_FULL)).isZero();
    assertThat(harness.session("away").queuedMessages()).isEqualTo(4);
    publish(publisher, "t", "one too many");
    assertThat(
            harness.broker.counters().dropped(DropReason.QUEUE_FULL)
                + harness.broker.counters().dropped(DropReason.OFFLINE))
        .isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(SharedStrategy.class)
  @Scenario(120)
  void sameClientWithOtherOptionsReplacesItself(SharedStrategy strategy) {
    begin(strategy);
    TestClient twice = join("twice", 100);
    twice.subscribe(FILTER, QoS.AT_MOST_ONCE);
    assertThat(harness.broker.subscriptionCount()).isEqualTo(1);
    publish(publisher, "t", "x");
    assertThat(twice.takePublish().qos()).isEqualTo(QoS.AT_MOST_ONCE);
  }

  @Test
  void choosingAmongTenThousandTakesFewStepsAndNoMemory() {
    begin(SharedStrategy.ROUND_ROBIN);
    TopicTree<Subscription> tree = new TopicTree<>(Subscription::session, 1);
    TopicFilter filter = TopicFilter.parse(FILTER);
    SubscriptionOptions options = SubscriptionOptions.of(QoS.AT_LEAST_ONCE);
    for (int i = 0; i < 10_000; i++) {
      Session session = harness.connect("m" + i).session();
      tree.put(filter, new Subscription(session, filter, options, 0));
    }
    SharedGroup<Subscription> group = tree.group(filter);
    Message message =
        Message.of(TopicName.of("t"), Bytes.EMPTY, QoS.AT_LEAST_ONCE, false, Properties.EMPTY, 0);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (SharedStrategy strategy : SharedStrategy.values()) {
      MemberChoice choice = new MemberChoice(strategy);
      long least = Long.MAX_VALUE;
      for (int round = 0; round < 5; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) { // as many steps each would be 10⁸ in all
          assertReady(choice.ready(group, message, i));
        }
        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      }
      assertThat(least).as("%s", strategy).isLessThan(10_000);
    }
  }

  private static void assertReady(SharedMember<Subscription> member) {
    if (member == null) {
      throw new AssertionError("nobody is ready");
    }
  }
}
