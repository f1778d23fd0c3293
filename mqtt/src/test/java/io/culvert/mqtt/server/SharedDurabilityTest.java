package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
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

  private final BrokerHarness harness = durable(TestShards.COUNT);

  private static BrokerHarness durable(int shards) {
    return BrokerHarness.durable(
        limits -> limits.queueMessages(10).holdPublisherMillis(0), shards, 1);
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
    for (List<Publish> some = client.takePublishes(); !some.isEmpty(); ) {
      for (Publish publish : some) {
        done.add(publish.payload().toUtf8());
        client.send(
            publish.qos() == QoS.EXACTLY_ONCE
                ? Packets.pubRec(publish.packetId())
                : Packets.pubAck(publish.packetId()));
      }
      harness.advance(100);
      some =
          client.takeAll().stream()
              .filter(Publish.class::isInstance)
              .map(Publish.class::cast)
              .toList();
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
}
