package io.culvert.conformance.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.broker.CulvertProcess;
import io.culvert.conformance.raw.Hex;
import io.culvert.conformance.scene.OwnBroker;
import io.culvert.conformance.scene.Scene;
import io.culvert.conformance.scene.WithBystander;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that want more of everything, on a broker with little memory and limits to match. */
@WithBystander
@OwnBroker(
    jvm = {"-Xmx256m", "-XX:MaxDirectMemorySize=32m"},
    options = {
      "--set", "limits.subscriptions-per-session=100000",
      "--set", "limits.filters-per-subscribe=10000",
      "--set", "limits.retained-messages=100000",
      "--set", "limits.retained-bytes=64MiB",
      "--set", "limits.queue-bytes=1MiB",
      "--set", "limits.sessions=10000"
    })
class ResourceBadInputIT {

  private static final int QUOTA_EXCEEDED = 0x97;

  /** Heap, direct memory and the virtual machine itself; measured below 380 MiB. */
  private static final long MOST_RESIDENT_BYTES = 450L << 20;

  private static final byte[] X = {'x'};

  private CulvertProcess broker;

  @BeforeEach
  void know(CulvertProcess own) {
    broker = own;
  }

  @AfterEach
  void memoryIsBounded() {
    assertThat(broker.residentBytes()).isLessThan(MOST_RESIDENT_BYTES);
  }

  @BadInput(58)
  @Test
  void aHundredThousandSubscriptionsAreThoseOfOneClient(Scene scene) throws IOException {
    for (int round = 0; round < 2; round++) {
      Offender greedy = Offender.client(scene, 5, "greedy-" + round);
      for (int from = 0; from < 100_000; from += 10_000) {
        int first = from;
        greedy.send(subscribe(10_000, i -> scene.topic("s/" + (first + i))));
        assertGranted(greedy.next(), 10_000, 10_000);
      }
      assertThat(greedy.subscribe(scene.topic("one-more"), 0)).isEqualTo(QUOTA_EXCEEDED);
      greedy.send(Hex.publish(5, scene.topic("s/99999"), X));
      greedy.answers(1, Hex.publish(5, scene.topic("s/99999"), X));
      greedy.send(Hex.bytes("e000")).isClosedInSilence();
    }
  }

  @BadInput(58)
  @Test
  void filtersBehindTheMostOfOnePacketAreRefused(Scene scene) throws IOException {
    Offender greedy = Offender.client(scene, 5);
    greedy.send(subscribe(12_000, i -> scene.topic("f/" + i)));
    assertGranted(greedy.next(), 12_000, 10_000);
    greedy.isServed();
  }

  /** All 4096 ways to write a topic of twelve levels with and without wildcards. */
  @BadInput(58)
  @Test
  void filtersThatAllMatchAreMatchedOnce(Scene scene) throws IOException {
    Offender greedy = Offender.client(scene, 5);
    greedy.send(subscribe(4096, i -> scene.topic(levels(i))));
    assertGranted(greedy.next(), 4096, 4096);
    byte[] publish = Hex.publish(5, scene.topic(levels(0)), X);
    for (int i = 0; i < 50; i++) {
      greedy.send(publish);
      greedy.answers(1, publish);
    }
  }

  /** All of them, and then nothing more; what is there may still change and go. */
  @BadInput({60, 61})
  @Test
  void aFloodOfRetainedMessagesEndsAtTheLimitAndIsReadByTwenty(Scene scene) throws IOException {
    Offender sender = Offender.client(scene, 5);
    int stored = 100_000;
    for (int from = 0; from < stored; from += 500) {
      for (int i = from; i < from + 500; i++) {
        sender.send(retained(topic(scene, i), i - from + 1, X));
      }
      for (int i = from; i < from + 500; i++) {
        sender.answers(1, Hex.packet(0x40, Hex.id(i - from + 1), Hex.bytes("10")));
      }
    }
    sender.send(retained(topic(scene, stored), 1, X)).answers("4003 0001 97");
    sender.send(retained(topic(scene, 0), 1, X)).answers("4003 0001 10");

    Crowd crowd = Crowd.of(scene, 20).connect(4, "all");
    crowd.send(member -> Hex.subscribe(4, scene.topic("r/#"), 0));
    int length = Hex.publish(4, topic(scene, 0), X).length;
    for (int member = 0; member < crowd.size(); member++) {
      assertThat(crowd.read(member, 5)).isEqualTo(Hex.bytes("9003 0001 00"));
      byte[] all = crowd.read(member, stored * length);
      for (int at = 0; at < all.length; at += length) {
        assertThat(all[at]).as("PUBLISH with RETAIN").isEqualTo((byte) 0x31);
      }
    }
    crowd.close();
    for (int i = 0; i < stored; i++) {
      byte[] delete = Hex.publish(5, topic(scene, i), new byte[0]);
      delete[0] |= 1;
      sender.send(delete);
    }
    sender.isServed();
    sender.send(retained(topic(scene, stored), 1, X));
    assertThat(Hex.of(sender.next())).startsWith("40").doesNotContain("000197");
  }

  @BadInput(60)
  @Test
  void retainedMessagesAreLimitedInBytesToo(Scene scene) throws IOException {
    Offender sender = Offender.client(scene, 5);
    byte[] megabyte = new byte[(1 << 20) - 64]; // with its topic in one region of the heap
    int stored = 0;
    while (stored < 70) {
      sender.send(retained(topic(scene, stored), 1, megabyte));
      byte code = sender.next()[4];
      if ((code & 0xFF) == QUOTA_EXCEEDED) {
        break;
      }
      stored++;
    }
    assertThat(stored).isBetween(60, 63);
    for (int again = 0; again < 20; again++) {
      sender.send(retained(topic(scene, 0), 1, megabyte)).answers("4003 0001 10");
      sender.send(retained(topic(scene, stored), 1, megabyte)).answers("4003 0001 97");
    }
    for (int again = 0; again < 200; again++) {
      sender.send(retained(topic(scene, again % stored), 1, new byte[0])).answers("4003 0001 10");
    }
  }

  /** Twenty sessions are away while 20 MB come; each keeps the oldest that its queue holds. */
  @BadInput(62)
  @Test
  void sessionsThatAreAwayKeepWhatTheirQueueHolds(Scene scene) throws IOException {
    String topic = scene.topic("busy");
    for (int session = 0; session < 20; session++) {
      Offender away = Offender.client(scene, "away-" + session, "00", "05 11ffffffff");
      away.subscribe(topic, 1);
      away.send(Hex.bytes("e000")).isClosedInSilence();
    }
    Offender sender = Offender.client(scene, 5);
    for (int from = 0; from < 20_000; from += 500) {
      for (int i = from; i < from + 500; i++) {
        byte[] payload = new byte[1000];
        payload[0] = (byte) i;
        payload[1] = (byte) (i >> 8);
        sender.send(Hex.publishQos1(5, topic, i - from + 1, payload));
      }
      for (int i = from; i < from + 500; i++) {
        sender.answers(1, Hex.puback(i - from + 1));
      }
    }
    Offender back = Offender.client(scene, "away-7", "00", "05 11ffffffff");
    int received = 0;
    back.send(Offender.PINGREQ);
    for (byte[] packet = back.next(); packet[0] != (byte) 0xD0; packet = back.next()) {
      int number = packet[packet.length - 1000] & 0xFF | (packet[packet.length - 999] & 0xFF) << 8;
      assertThat(number).isEqualTo(received++);
    }
    assertThat(received).isBetween(800, 1000);
  }

  /** Twenty subscribers that never read, and 20 MB for each. */
  @BadInput(57)
  @Test
  void subscribersThatNeverReadCostTheirOutbox(Scene scene) throws IOException {
    String topic = scene.topic("t");
    Crowd deaf = Crowd.of(scene, 20).connect(4, "deaf");
    deaf.send(member -> Hex.subscribe(4, topic, member < 2 ? 1 : 0));
    for (int member = 0; member < deaf.size(); member++) {
      deaf.read(member, 5);
    }
    Offender sender = Offender.client(scene, 5);
    for (int i = 0; i < 400; i++) {
      sender.send(Hex.publishQos1(5, topic, 1, new byte[50_000])).answers("4002 0001");
    }
  }

  private static String topic(Scene scene, int number) {
    return scene.topic(String.format("r/%06d", number));
  }

  private static byte[] retained(String topic, int packetId, byte[] payload) {
    byte[] publish = Hex.publishQos1(5, topic, packetId, payload);
    publish[0] |= 1;
    return publish;
  }

  private static byte[] subscribe(int filters, IntFunction<String> filter) {
    ByteArrayOutputStream entries = new ByteArrayOutputStream();
    for (int i = 0; i < filters; i++) {
      entries.writeBytes(Hex.string(filter.apply(i)));
      entries.write(0);
    }
    return Hex.packet(0x82, Hex.bytes("0007 00"), entries.toByteArray());
  }

  private static void assertGranted(byte[] subAck, int filters, int granted) {
    assertThat(subAck).as("SUBACK").startsWith(0x90).hasSizeGreaterThan(filters);
    for (int i = 0; i < filters; i++) {
      int code = subAck[subAck.length - filters + i] & 0xFF;
      assertThat(code).as("filter %s", i).isEqualTo(i < granted ? 0 : QUOTA_EXCEEDED);
    }
  }

  /** Twelve levels; each bit of the number makes one of them a wildcard. */
  private static String levels(int number) {
    StringBuilder levels = new StringBuilder();
    for (int level = 0; level < 12; level++) {
      levels.append((number >> level & 1) == 1 ? "+" : "a").append(level < 11 ? "/" : "");
    }
    return levels.toString();
  }
}
