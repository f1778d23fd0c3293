package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A reader that is slower than its publishers slows them, for a while; the dead stop nobody. */
class SlowSubscriberTest {
  private static final int QUEUE = 8;
  private static final long HOLD_MILLIS = 1000;

  private final BrokerHarness harness =
      BrokerHarness.create(limits -> limits.queueMessages(QUEUE).holdPublisherMillis(HOLD_MILLIS));
  private final TestClient publisher = harness.connect("publisher");
  private final TestClient slow =
      harness
          .connect(Packets.connect("slow").with(Property.RECEIVE_MAXIMUM, 1).build())
          .subscribe("a", QoS.AT_LEAST_ONCE);

  @Test
  void losesNothingWhileItReads() {
    int sent = 5 * QUEUE;
    publish(sent);
    int received = readAll();
    assertThat(received).isEqualTo(sent);
    assertThat(acknowledged()).isEqualTo(sent);
    assertThat(harness.broker.counters().dropped(DropReason.QUEUE_FULL)).isZero();
    assertThat(harness.broker.counters().held()).isPositive();
  }

  @Test
  void isHeardFromAnotherShardThoughThePublisherIsHeldUpAlready() {
    LocalPublisher local = publisher.server.publisher();
    Holder link = new Quiet();
    local.holdShortly(link);
    local.holdForPeer(new Quiet(), 5_000);
    local.release();
    assertThat(local.isHeld()).isTrue();
    assertThat(local.deadlineMillis()).isEqualTo(5_000);
    local.releaseForPeer();
    assertThat(local.isHeld()).isFalse();

    local.holdShortly(link);
    local.holdForPeer(new Quiet(), 6_000);
    local.releaseForPeer();
    assertThat(local.isHeld()).as("still by the link").isTrue();
    local.release();
    assertThat(local.isHeld()).isFalse();
  }

  @Test
  @OneShard
  void holdsItsPublishersUpForALimitedTimeOnly() {
    publish(5 * QUEUE);
    int untilHeld = 1 + QUEUE / 2 + 1; // one in flight, and more than half of the queue
    assertThat(acknowledged()).isEqualTo(untilHeld);
    harness.advance(HOLD_MILLIS - 1);
    assertThat(acknowledged()).isZero();
    harness.advance(1);
    assertThat(acknowledged()).isEqualTo(5 * QUEUE - untilHeld);
    assertThat(harness.broker.counters().dropped(DropReason.QUEUE_FULL))
        .isEqualTo(5 * QUEUE - 1 - QUEUE);
  }

  @Test
  void isWaitedForTenTimesAsLongWhileItTakesMessages() {
    int queue = 100; // crowded at 51, drained at 25: that takes longer than anybody waits
    BrokerHarness larger =
        BrokerHarness.create(
            limits -> limits.queueMessages(queue).holdPublisherMillis(HOLD_MILLIS));
    TestClient sender = larger.connect("publisher");
    TestClient reader =
        larger
            .connect(Packets.connect("slow").with(Property.RECEIVE_MAXIMUM, 1).build())
            .subscribe("a", QoS.AT_LEAST_ONCE);
    MqttPacket[] packets = new MqttPacket[2 * queue];
    for (int i = 0; i < packets.length; i++) {
      packets[i] = Packets.publish(i + 1, "a", "x", QoS.AT_LEAST_ONCE);
    }
    sender.send(packets);
    int untilHeld = sender.takeAll().size();
    for (int round = 1; round < Backlog.MOST_ROUNDS; round++) {
      reader.send(PubAck.of(reader.takePublish().packetId()));
      larger.advance(HOLD_MILLIS);
      assertThat(sender.takeAll()).as("round %s", round).isEmpty();
    }
    larger.advance(HOLD_MILLIS);
    assertThat(sender.takeAll()).hasSize(2 * queue - untilHeld);
    assertThat(larger.broker.counters().dropped(DropReason.QUEUE_FULL)).isPositive();
  }

  @Test
  void holdsNobodyAgainUntilItHasDrained() {
    publish(QUEUE);
    harness.advance(HOLD_MILLIS);
    assertThat(acknowledged()).isEqualTo(QUEUE);
    publish(1);
    assertThat(acknowledged()).as("it had its chance").isEqualTo(1);

    readAll();
    publish(2 * QUEUE);
    assertThat(acknowledged()).as("it keeps up again").isLessThan(2 * QUEUE);
  }

  @Test
  void freesItsPublishersWhenItGoes() {
    publish(2 * QUEUE);
    acknowledged();
    slow.disconnect();
    harness.run();
    assertThat(acknowledged()).isPositive();
  }

  @Test
  void holdsNobodyWhoHasMessagesInFlightHimself() {
    publisher.subscribe("b", QoS.AT_LEAST_ONCE);
    harness.connect("other").send(Packets.publish(1, "b", "x", QoS.AT_LEAST_ONCE));
    publish(2 * QUEUE);
    assertThat(publisher.takeAll().stream().filter(PubAck.class::isInstance)).hasSize(2 * QUEUE);
  }

  @Test
  void aHeldPublisherIsNotTakenForDead() {
    TestClient brief = harness.connect(Packets.connect("brief").keepAlive(1).build());
    for (int id = 1; id <= 2 * QUEUE; id++) {
      brief.send(Packets.publish(id, "a", "x", QoS.AT_LEAST_ONCE));
    }
    harness.advance(HOLD_MILLIS);
    assertThat(brief.isClosed()).isFalse();
  }

  private void publish(int count) {
    MqttPacket[] packets = new MqttPacket[count];
    for (int i = 0; i < count; i++) {
      packets[i] = Packets.publish(i + 1, "a", "x", QoS.AT_LEAST_ONCE);
    }
    publisher.send(packets);
  }

  private int readAll() {
    int received = 0;
    for (List<Publish> some = slow.takePublishes(); !some.isEmpty(); some = slow.takePublishes()) {
      received += some.size();
      some.forEach(each -> slow.send(PubAck.of(each.packetId())));
      harness.run();
    }
    return received;
  }

  private int acknowledged() {
    return publisher.takeAll().size();
  }

  /** Who holds up, and is not told of anything in these tests. */
  private static final class Quiet implements Holder {
    @Override
    public void expired(long nowMillis) {
      throw new AssertionError("no time passes");
    }

    @Override
    public void forget(Publisher ended) {}
  }
}
