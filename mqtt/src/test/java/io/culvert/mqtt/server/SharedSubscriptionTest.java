package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubRel;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SharedSubscriptionTest {
  private final BrokerHarness harness = BrokerHarness.create();
  private final TestClient publisher = harness.connect("publisher");

  private void publish(int packetId, String payload, QoS qos) {
    publisher.send(Packets.publish(packetId, "a/b", payload, qos));
    if (qos == QoS.EXACTLY_ONCE) {
      publisher.send(Packets.pubRel(packetId));
    }
    publisher.takeAll();
  }

  @Test
  @Scenario(119)
  void eachMessageGoesToOneMemberInTurn() {
    List<TestClient> members = new ArrayList<>();
    for (String id : List.of("x", "y", "z")) {
      members.add(harness.connect(id).subscribe("$share/g/a/#", QoS.AT_MOST_ONCE));
    }
    for (int i = 0; i < 9; i++) {
      publisher.publish("a/b", "m" + i);
    }
    List<String> all = new ArrayList<>();
    for (TestClient member : members) {
      List<String> part = member.takePayloads();
      assertThat(part).hasSize(3);
      all.addAll(part);
    }
    assertThat(all).doesNotHaveDuplicates().hasSize(9);
  }

  @Test
  void groupsAndPlainSubscriptionsAreIndependent() {
    TestClient one = harness.connect("one").subscribe("$share/g/a/#", QoS.AT_MOST_ONCE);
    TestClient two = harness.connect("two").subscribe("$share/h/a/#", QoS.AT_MOST_ONCE);
    TestClient plain = harness.connect("plain").subscribe("a/b", QoS.AT_MOST_ONCE);
    one.subscribe("$share/g/+/b", QoS.AT_MOST_ONCE); // another filter, another group
    publisher.publish("a/b", "m");
    assertThat(one.takePayloads()).containsExactly("m", "m");
    assertThat(two.takePayloads()).containsExactly("m");
    assertThat(plain.takePayloads()).containsExactly("m");
  }

  @Test
  @Normative(MQTT5_3_3_4_2)
  void clientWithASharedAndAPlainSubscriptionGetsBothCopies() {
    TestClient both = harness.connect("both").subscribe("$share/g/a/#", QoS.AT_LEAST_ONCE);
    both.subscribe("a/b", QoS.AT_MOST_ONCE);
    for (int i = 1; i < 5; i++) {
      publish(i, "m", QoS.AT_LEAST_ONCE);
      assertThat(both.takePublishes())
          .extracting(Publish::qos)
          .containsExactlyInAnyOrder(QoS.AT_MOST_ONCE, QoS.AT_LEAST_ONCE);
    }
  }

  @Test
  @Normative(MQTT5_3_8_4_3)
  void busyMemberThatSubscribesAnewWithQos0GetsTheNextMessage() {
    TestClient member =
        harness.connect(Packets.connect("member").with(Property.RECEIVE_MAXIMUM, 1).build());
    member.subscribe("$share/g/a/#", QoS.AT_LEAST_ONCE);
    publish(1, "first", QoS.AT_LEAST_ONCE);
    publish(2, "second", QoS.AT_LEAST_ONCE);
    member.takePublish();
    member.subscribe("$share/g/a/#", QoS.AT_MOST_ONCE);
    publish(3, "third", QoS.AT_LEAST_ONCE);
    assertThat(member.takePayloads()).containsExactly("third");
  }

  @Test
  @Scenario(120)
  void sameClientTwiceInAGroupCountsOnce() {
    TestClient twice = harness.connect("twice").subscribe("$share/g/a/b", QoS.AT_MOST_ONCE);
    twice.subscribe("$share/g/a/b", QoS.AT_MOST_ONCE);
    TestClient other = harness.connect("other").subscribe("$share/g/a/b", QoS.AT_MOST_ONCE);
    for (int i = 0; i < 4; i++) {
      publisher.publish("a/b", "m");
    }
    assertThat(twice.takePublishes()).hasSize(2);
    assertThat(other.takePublishes()).hasSize(2);
  }

  @Test
  @Normative(MQTT5_4_8_2_3)
  void eachMemberHasItsOwnQos() {
    TestClient low = harness.connect("low").subscribe("$share/g/a/b", QoS.AT_MOST_ONCE);
    TestClient high = harness.connect("high").subscribe("$share/g/a/b", QoS.EXACTLY_ONCE);
    for (int i = 1; i <= 4; i++) {
      publish(i, "m", QoS.EXACTLY_ONCE);
    }
    assertThat(low.takePublishes())
        .hasSize(2)
        .allMatch(publish -> publish.qos() == QoS.AT_MOST_ONCE);
    assertThat(high.takePublishes())
        .hasSize(2)
        .allMatch(publish -> publish.qos() == QoS.EXACTLY_ONCE);
  }

  @Test
  @Scenario(119)
  void memberWithoutRoomIsPassedOver() {
    TestClient narrow =
        harness
            .connect(Packets.connect("narrow").with(Property.RECEIVE_MAXIMUM, 1).build())
            .subscribe("$share/g/a/b", QoS.AT_LEAST_ONCE);
    TestClient wide = harness.connect("wide").subscribe("$share/g/a/b", QoS.AT_LEAST_ONCE);
    for (int i = 1; i <= 10; i++) {
      publish(i, "m" + i, QoS.AT_LEAST_ONCE);
    }
    assertThat(narrow.takePublishes()).hasSize(1);
    assertThat(wide.takePublishes()).hasSize(9);
  }

  @Test
  void memberThatDoesNotReadIsPassedOver() {
    BrokerHarness small = BrokerHarness.create(limits -> limits.outboxBytes(100));
    TestClient stuck = small.connect("stuck").subscribe("$share/g/a", QoS.AT_MOST_ONCE);
    TestClient well = small.connect("well").subscribe("$share/g/a", QoS.AT_MOST_ONCE);
    stuck.link.windowBytes(1);
    stuck.link.cut();
    TestClient sender = small.connect("publisher");
    for (int i = 0; i < 100; i++) {
      sender.publish("a", "0123456789");
    }
    stuck.link.heal();
    stuck.link.runUntilIdle();
    int taken = stuck.takePublishes().size();
    assertThat(taken).isBetween(1, 20);
    assertThat(well.takePublishes()).hasSize(100 - taken);
    assertThat(small.broker.counters().dropped(DropReason.OUTBOX_FULL)).isZero();
  }

  @Test
  void memberWithoutConnectionIsPassedOver() {
    harness.resume("away").subscribe("$share/g/a/b", QoS.AT_LEAST_ONCE).lose();
    TestClient here = harness.connect("here").subscribe("$share/g/a/b", QoS.AT_LEAST_ONCE);
    for (int i = 1; i <= 4; i++) {
      publish(i, "m" + i, QoS.AT_LEAST_ONCE);
    }
    here.takePublishes().forEach(sent -> here.send(Packets.pubAck(sent.packetId())));
    here.lose();
    publish(5, "m5", QoS.AT_LEAST_ONCE);
    assertThat(harness.resumeWithMessages("away").takePayloads()).containsExactly("m5");
  }

  @Test
  @Normative(MQTT5_4_8_2_6)
  @Scenario(119)
  @OneShard
  void refusedMessageIsOfferedToNobodyElse() {
    TestClient first = harness.connect("first").subscribe("$share/g/a/b", QoS.EXACTLY_ONCE);
    TestClient second = harness.connect("second").subscribe("$share/g/a/b", QoS.EXACTLY_ONCE);
    publish(1, "m1", QoS.EXACTLY_ONCE);
    publish(2, "m2", QoS.AT_LEAST_ONCE);
    first.send(Packets.pubRec(first.takePublish().packetId(), ReasonCode.UNSPECIFIED_ERROR));
    second.send(Packets.pubAck(second.takePublish().packetId(), ReasonCode.UNSPECIFIED_ERROR));
    assertThat(first.takeAll()).isEmpty();
    assertThat(second.takeAll()).isEmpty();
  }

  @Test
  @Normative(MQTT5_4_8_2_4)
  @Scenario(119)
  void startedQos2DeliveryIsFinishedByItsOwnMember() {
    TestClient away = harness.resume("away").subscribe("$share/g/a/b", QoS.EXACTLY_ONCE);
    publish(1, "m", QoS.EXACTLY_ONCE);
    int packetId = away.takePublish().packetId();
    TestClient other = harness.connect("other").subscribe("$share/g/a/b", QoS.EXACTLY_ONCE);
    away.lose();
    assertThat(other.takeAll()).isEmpty();
    away = harness.open().send(Packets.connect("away").cleanStart(false).build());
    assertThat(away.takeAll().get(1))
        .isEqualTo(
            Packets.publish("a/b", "m").qos(QoS.EXACTLY_ONCE).packetId(packetId).dup().build());
    away.send(Packets.pubRec(packetId)).take(PubRel.class);
  }

  @Test
  @Normative(MQTT5_4_8_2_5)
  @Scenario(119)
  void startedQos2DeliveryDiesWithItsSession() {
    TestClient gone = harness.connect("gone").subscribe("$share/g/a/b", QoS.EXACTLY_ONCE);
    publish(1, "m", QoS.EXACTLY_ONCE);
    Publish sent = gone.takePublish();
    TestClient other = harness.connect("other").subscribe("$share/g/a/b", QoS.EXACTLY_ONCE);
    gone.send(Packets.pubRec(sent.packetId())).lose();
    harness.advanceSeconds(10);
    assertThat(other.takeAll()).isEmpty();
  }

  @Test
  @OneShard
  void groupOfMembersThatLeaveKeepsItsTurns() {
    TestClient a = harness.connect("a").subscribe("$share/g/a/b", QoS.AT_MOST_ONCE);
    TestClient b = harness.connect("b").subscribe("$share/g/a/b", QoS.AT_MOST_ONCE);
    TestClient c = harness.connect("c").subscribe("$share/g/a/b", QoS.AT_MOST_ONCE);
    publisher.publish("a/b", "1").publish("a/b", "2");
    a.lose();
    publisher.publish("a/b", "3").publish("a/b", "4");
    assertThat(b.takePayloads()).containsExactly("2", "4");
    assertThat(c.takePayloads()).containsExactly("3");
    b.send(Packets.unsubscribe(1, "$share/g/a/b")).takeAll();
    c.lose();
    publisher.publish("a/b", "5");
    assertThat(b.takeAll()).isEmpty();
    assertThat(harness.broker.subscriptionCount()).isZero();
  }
}
