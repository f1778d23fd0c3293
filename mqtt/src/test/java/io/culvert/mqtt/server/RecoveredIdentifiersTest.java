package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.PubComp;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.PubRel;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.SubAck;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Packet identifiers of an earlier process, whose messages are read page by page. */
class RecoveredIdentifiersTest {
  private static final int MESSAGES = 600;

  private final BrokerHarness harness =
      BrokerHarness.durable(
          limits -> limits.queueMessages(10_000).queueBytes(1 << 30).inFlight(2),
          TestShards.COUNT,
          1);
  private final Deque<MqttPacket> came = new ArrayDeque<>();
  private final List<String> got = new ArrayList<>();
  private final Set<Integer> used = new HashSet<>();

  /**
   * A shared subscription's messages are always in memory, and overtake what is on the disk. So one
   * may be in flight while older messages have not been sent, and come before it when the process
   * is started again: its identifier is none of theirs.
   */
  @Test
  void nobodyGetsTheIdentifierOfAMessageThatIsNotReadYet() {
    TestClient reader = connect();
    reader.subscribe("t", QoS.EXACTLY_ONCE).subscribe("$share/g/s", QoS.EXACTLY_ONCE);
    TestClient publisher = harness.connect("publisher");
    List<String> all = publishMany(publisher);
    publish(publisher, "s", "shared");

    int unanswered = readTo(reader, "shared").packetId();
    assertThat(got).hasSizeLessThan(MESSAGES);
    harness.restart();
    reader = connect();
    used.clear();
    Publish again = readTo(reader, "shared");
    assertThat(used).doesNotContain(unanswered);
    assertThat(again.packetId()).isEqualTo(unanswered);
    assertThat(again.dup()).isTrue();
    reader.send(Packets.pubRec(unanswered));
    publish(harness.connect("publisher"), "s", "last");
    readTo(reader, "last");
    assertThat(got).containsExactlyInAnyOrderElementsOf(all);
  }

  @Test
  void allIdentifiersMayBeOfMessagesThatAreNotReadYet() {
    TestClient reader = connect();
    reader.subscribe("t", QoS.EXACTLY_ONCE).subscribe("$share/g/s", QoS.EXACTLY_ONCE);
    TestClient publisher = harness.connect("publisher");
    publishMany(publisher);
    publish(publisher, "s", "first");
    publish(publisher, "s", "second");

    int first = readTo(reader, "first").packetId();
    int second = readTo(reader, "second").packetId();
    assertThat(got).hasSizeLessThan(MESSAGES);
    harness.restart();
    reader = connect();
    assertThat(readTo(reader, "first").packetId()).isEqualTo(first);
    assertThat(readTo(reader, "second").packetId()).isEqualTo(second);
    reader.send(Packets.pubRec(first), Packets.pubRec(second));
    publish(harness.connect("publisher"), "s", "last");
    readTo(reader, "last");
    assertThat(got).hasSize(MESSAGES).doesNotHaveDuplicates();
  }

  @Test
  void anIdentifierThatWasNotUsedDoesNotKeepAMessageFromOthers() {
    TestClient away = harness.resume("away").subscribe("$share/g/t", QoS.AT_LEAST_ONCE);
    harness.disk().takesMillis(10, 10);
    harness.connect("publisher").send(Packets.publish(1, "t", "x", QoS.AT_LEAST_ONCE));
    away.lose(); // while it is being stored for it, with an identifier
    harness.restart();
    harness.disk().takesMillis(0, 0);

    TestClient other = harness.connect("other");
    other.send(Packets.subscribe(1, "$share/g/t", QoS.AT_LEAST_ONCE));
    other.takeFirst(SubAck.class);
    assertThat(other.takePayloads()).containsExactly("x");
  }

  private TestClient connect() {
    came.clear();
    TestClient client = harness.open();
    client.send(Packets.connect("reader").cleanStart(false).expirySeconds(3600).build());

    client.takeFirst(ConnAck.class);
    return client;
  }

  /** More than is kept in memory. */
  private static List<String> publishMany(TestClient publisher) {
    return IntStream.range(0, MESSAGES)
        .mapToObj(i -> publish(publisher, "t", i + " " + "x".repeat(2000)))
        .toList();
  }

  private static String publish(TestClient publisher, String topic, String payload) {
    publisher.send(Packets.publish(1, topic, payload, QoS.EXACTLY_ONCE));
    publisher.take(PubRec.class);
    publisher.send(Packets.pubRel(1));
    publisher.take(PubComp.class);
    return payload;
  }

  /** Takes and answers all that comes, up to this one, which is not answered. */
  private Publish readTo(TestClient reader, String payload) {
    came.addAll(reader.takeAll());
    while (!came.isEmpty()) {
      MqttPacket packet = came.remove();
      if (packet instanceof PubRel pubRel) {
        reader.send(Packets.pubComp(pubRel.packetId()));
      } else if (packet instanceof Publish publish) {
        String its = publish.payload().toUtf8();
        if (its.equals(payload)) {
          return publish;
        }
        got.add(its);
        used.add(publish.packetId());
        reader.send(Packets.pubRec(publish.packetId()));
      }
      came.addAll(reader.takeAll());
    }
    throw new AssertionError(payload + " has not come, but " + got.size() + " others");
  }
}
