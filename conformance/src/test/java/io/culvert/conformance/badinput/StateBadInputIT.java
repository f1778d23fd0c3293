package io.culvert.conformance.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.raw.Hex;
import io.culvert.conformance.scene.Scene;
import io.culvert.conformance.scene.WithBystander;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Legal packets that abuse what the broker remembers about a client and its messages. */
@WithBystander
class StateBadInputIT {

  private static final int SESSION_TAKEN_OVER = 0x8E;
  private static final int PROTOCOL_ERROR = 0x82;

  /** What is sent before it is looked at what came back; far less than any socket holds. */
  private static final int CHUNK = 1000;

  private static final byte[] X = {'x'};

  /** MQTT5-4.3.3-10: until PUBREL it is the same message, however often it is sent. */
  @BadInput(51)
  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void aHundredThousandCopiesAreOneMessage(int level, Scene scene) throws IOException {
    String topic = scene.topic("t");
    Offender witness = Offender.client(scene, 5, "witness");
    witness.subscribe(topic, 0);
    Offender sender = Offender.client(scene, level);
    byte[] publish = Hex.publishQos2(level, topic, 7, X);
    sender.send(publish).answers("5002 0007");
    publish[0] |= 0x08;
    byte[] chunk = repeated(publish, CHUNK);
    for (int sent = 0; sent < 100_000; sent += CHUNK) {
      sender.send(chunk).answers(CHUNK, Hex.bytes("5002 0007"));
    }
    sender.sendPacket("62", "0007").answers("7002 0007");
    witness.answers(Hex.of(Hex.publish(5, topic, X)));
    witness.isServed();
  }

  /** Only MQTT 5 has a Receive Maximum; before, all identifiers may be open. */
  @BadInput(52)
  @Test
  void allIdentifiersMayBeOpen(Scene scene) throws IOException {
    Offender sender = Offender.client(scene, 4);
    for (int from = 1; from <= 65_535; from += CHUNK) {
      int to = Math.min(from + CHUNK, 65_536);
      for (int id = from; id < to; id++) {
        sender.send(Hex.publishQos2(4, scene.topic("t"), id, X));
      }
      for (int id = from; id < to; id++) {
        sender.answers(1, Hex.packet(0x50, Hex.id(id)));
      }
    }
    sender.send(Hex.publishQos2(4, scene.topic("t"), 65_535, X)).answers("5002 ffff");
    sender.send(Hex.publish(4, scene.topic("t"), X)).isServed();
    sender.sendPacket("62", "ffff").answers("7002 ffff");
    sender.send(Hex.publishQos2(4, scene.topic("t"), 65_535, X)).answers("5002 ffff");
  }

  @BadInput(53)
  @Test
  void acknowledgementsOfNothingAreAnsweredOrIgnored(Scene scene) throws IOException {
    Offender client = Offender.client(scene, 5);
    for (int i = 0; i < 100; i++) {
      client.sendPacket("62", "1234").answers("7003 1234 92");
      client.sendPacket("50", "1234").answers("6203 1234 92");
      client.sendPacket("40", "1234");
      client.sendPacket("70", "1234");
    }
    client.isServed();
    Offender old = Offender.client(scene, 4);
    old.sendPacket("62", "1234").answers("7002 1234");
    old.sendPacket("50", "1234").answers("6202 1234");
    old.sendPacket("40", "1234").sendPacket("70", "1234").isServed();
  }

  @BadInput(53)
  @ParameterizedTest
  @ValueSource(strings = {"40", "50", "70"})
  void acknowledgementsOfNothingGiveNoQuota(String type, Scene scene) throws IOException {
    Offender subscriber = Offender.client(scene, "subscriber", "02", "03 210001");
    subscriber.subscribe(scene.topic("t"), 1);
    Offender sender = Offender.client(scene, 5);
    for (int id = 1; id <= 3; id++) {
      sender.send(Hex.publishQos1(5, scene.topic("t"), id, X)).answers(1, Hex.puback(id));
    }
    for (int message = 1; message <= 3; message++) {
      byte[] publish = subscriber.next();
      int idAt = publish.length - 4;
      assertThat(publish).as("message %s", message).startsWith(0x32);
      for (int bogus = 1000; bogus < 1050; bogus++) {
        subscriber.send(Hex.packet(Integer.parseInt(type, 16), Hex.id(bogus)));
        if (type.equals("50")) {
          subscriber.answers(1, Hex.packet(0x62, Hex.id(bogus), Hex.bytes("92")));
        }
      }
      subscriber.isServed();
      subscriber.send(Hex.packet(0x40, new byte[] {publish[idAt], publish[idAt + 1]}));
    }
  }

  @BadInput(54)
  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void anIdentifierMayBeReusedInABurst(int level, Scene scene) throws IOException {
    String topic = scene.topic("t");
    Offender witness = Offender.client(scene, level, "witness");
    witness.subscribe(topic, 0);
    Offender sender = Offender.client(scene, level);
    sender.send(repeated(Hex.publishQos1(level, topic, 5, X), CHUNK));
    sender.answers(CHUNK, Hex.puback(5));
    byte[] exchange = Hex.joined(Hex.publishQos2(level, topic, 5, X), Hex.bytes("6202 0005"));
    sender.send(repeated(exchange, CHUNK));
    for (int i = 0; i < CHUNK; i++) {
      sender.answers("5002 0005");
      sender.answers("7002 0005");
    }
    witness.answers(2 * CHUNK, Hex.publish(level, topic, X));
    witness.isServed();
  }

  @BadInput(54)
  @Test
  void anIdentifierOfAnOpenExchangeIsNotFree(Scene scene) throws IOException {
    String topic = scene.topic("t");
    Offender sender = Offender.client(scene, 5);
    sender.subscribe(topic, 0);
    sender.send(Hex.publishQos2(5, topic, 5, X)).answers(Hex.of(Hex.publish(5, topic, X)));
    sender.answers("5002 0005");
    sender.send(Hex.publishQos1(5, topic, 5, X)).answers("4003 0005 91");
    sender.isServed();
    Offender old = Offender.client(scene, 4, "old");
    old.send(Hex.publishQos2(4, scene.topic("u"), 5, X)).answers("5002 0005");
    old.send(Hex.publishQos1(4, scene.topic("u"), 5, X)).isDismissed(PROTOCOL_ERROR);
  }

  /** Ten are in flight, a thousand wait, the others are lost: in that order. */
  @BadInput(56)
  @Test
  void whoNeverAcknowledgesLosesWhatItsQueueDoesNotHold(Scene scene) throws IOException {
    String topic = scene.topic("t");
    Offender subscriber = Offender.client(scene, "subscriber", "02", "03 21000a");
    subscriber.subscribe(topic, 1);
    Offender sender = Offender.client(scene, 5);
    int messages = 3000;
    for (int from = 0; from < messages; from += 500) {
      for (int i = from; i < from + 500; i++) {
        sender.send(Hex.publishQos1(5, topic, i + 1, number(i)));
      }
      for (int i = from; i < from + 500; i++) {
        sender.answers(1, Hex.puback(i + 1));
      }
    }
    int[] inFlight = new int[10];
    for (int i = 0; i < inFlight.length; i++) {
      inFlight[i] = expectNumber(subscriber, topic, i);
    }
    subscriber.isServed();
    for (int i = 0; i < 1000; i++) {
      subscriber.send(Hex.puback(inFlight[i % inFlight.length]));
      inFlight[i % inFlight.length] = expectNumber(subscriber, topic, inFlight.length + i);
    }
    subscriber.send(Hex.puback(inFlight[0]));
    subscriber.isServed();
  }

  /** A steady subscriber misses nothing meanwhile. */
  @BadInput(59)
  @ParameterizedTest
  @ValueSource(strings = {"", "$share/g/"})
  void subscriptionsComeAndGoWhileMessagesDo(String share, Scene scene) throws IOException {
    String topic = scene.topic("t/1");
    Offender steady = Offender.client(scene, 5, "steady");
    steady.subscribe(scene.topic("t/#"), 0);
    Offender sender = Offender.client(scene, 5);
    Offender restless = Offender.client(scene, 5, "restless");
    byte[] subscribe = Hex.subscribe(5, share + scene.topic("t/+"), 0);
    byte[] unsubscribe =
        Hex.packet(0xA2, Hex.bytes("0001 00"), Hex.string(share + scene.topic("t/+")));
    for (int i = 0; i < 2000; i++) {
      restless.send(subscribe, unsubscribe);
      sender.send(Hex.publish(5, topic, number(i)));
    }
    sender.isServed();
    for (int i = 0; i < 2000; i++) {
      steady.answers(1, Hex.publish(5, topic, number(i)));
    }
    int answered = 0;
    while (answered < 4000) {
      int type = restless.next()[0] & 0xFF;
      assertThat(type).isIn(0x30, answered % 2 == 0 ? 0x90 : 0xB0);
      answered += type == 0x30 ? 0 : 1;
    }
    sender.send(Hex.publish(5, topic, X));
    sender.isServed();
    restless.isServed();
  }

  @BadInput(66)
  @Test
  void twoWhoFightForOneIdentifierHurtOnlyEachOther(Scene scene) throws IOException {
    String topic = scene.topic("t");
    Offender holder = Offender.client(scene, "prize", "00", "05 11ffffffff");
    holder.subscribe(topic, 1);
    for (int i = 0; i < 300; i++) {
      Offender next = Offender.client(scene, "prize", "00", "05 11ffffffff");
      holder.isDismissed(SESSION_TAKEN_OVER);
      holder = next;
    }
    holder.send(Hex.publishQos1(5, topic, 1, X));
    assertThat(holder.next()[0] & 0xF0).isIn(0x30, 0x40);
    assertThat(holder.next()[0] & 0xF0).isIn(0x30, 0x40);
    holder.isServed();
  }

  /** Without authentication whoever knows the name is the client; a clean start gets nothing. */
  @BadInput(67)
  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void aCleanStartTakesTheNameButNotTheMessages(int level, Scene scene) throws IOException {
    String topic = scene.topic("t");
    Offender victim = Offender.client(scene, "victim", "00", "05 11ffffffff");
    victim.subscribe(topic, 1);
    Offender sender = Offender.client(scene, 5);
    sender.send(Hex.publishQos1(5, topic, 1, X)).answers("4002 0001");
    assertThat(victim.next()).startsWith(0x32);
    Offender thief = Offender.client(scene, level, "victim");
    victim.isDismissed(SESSION_TAKEN_OVER);
    sender.send(Hex.publishQos1(5, topic, 2, X));
    assertThat(sender.next()).as("PUBACK, with 0x10 or without a word").startsWith(0x40);
    thief.isServed();
  }

  @BadInput(76)
  @Test
  void anOldClientGetsNothingOfMqtt5(Scene scene) throws IOException {
    String topic = scene.topic("t");
    Offender old = Offender.client(scene, 4, "old");
    old.subscribe(topic, 2);
    Offender sender = Offender.client(scene, 5);
    String all = "01 01 02 0000000a 03 000178 08 000178 09 000178 26 00016100 0162 23 0001";
    byte[] section = Hex.bytes(all);
    sender.send(
        Hex.packet(0x30, Hex.string(topic), new byte[] {(byte) section.length}, section, X));
    old.answers(Hex.of(Hex.publish(4, topic, X)));
    old.send(Hex.publishQos1(4, "$SYS/x", 1, X)).answers("4002 0001");
    old.send(Hex.publishQos2(4, "$SYS/x", 2, X)).answers("5002 0002");
    assertThat(old.subscribe("a#", 0)).isEqualTo(0x80);
    old.send(Hex.packet(0xA2, Hex.id(3), Hex.string("unknown"))).answers("b002 0003");
    Offender.client(scene, 4, "old").isServed();
    old.isDismissed(SESSION_TAKEN_OVER);
  }

  /** The identifier of the QoS 1 message that comes next, which must have this number. */
  private static int expectNumber(Offender subscriber, String topic, int number)
      throws IOException {
    byte[] publish = subscriber.next();
    int idAt = 4 + topic.length();
    int id = (publish[idAt] & 0xFF) << 8 | publish[idAt + 1] & 0xFF;
    assertThat(Hex.of(publish)).isEqualTo(Hex.of(Hex.publishQos1(5, topic, id, number(number))));
    return id;
  }

  private static byte[] number(int number) {
    return String.format("number %05d", number).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] repeated(byte[] packet, int times) {
    return Hex.joined(Collections.nCopies(times, packet).toArray(byte[][]::new));
  }
}
