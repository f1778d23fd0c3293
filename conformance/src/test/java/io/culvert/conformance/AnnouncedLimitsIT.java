package io.culvert.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.badinput.BadInput;
import io.culvert.conformance.raw.Bystander;
import io.culvert.conformance.raw.ConnAck;
import io.culvert.conformance.raw.Hex;
import io.culvert.conformance.raw.RawConnection;
import io.culvert.conformance.scene.BlackBox;
import io.culvert.conformance.scene.Scene;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What CONNACK announces is what the broker holds its clients to, and nobody else notices. */
@BlackBox
class AnnouncedLimitsIT {

  private static final byte[] PINGREQ = Hex.bytes("c000");
  private static final byte[] PINGRESP = Hex.bytes("d000");
  private static final int MAXIMUM_PACKET_SIZE = 0x27;
  private static final int RECEIVE_MAXIMUM = 0x21;
  private static final int TOPIC_ALIAS_MAXIMUM = 0x22;
  private static final int NO_RECEIVE_MAXIMUM = 65_535;

  private RawConnection connection;
  private ConnAck limits;
  private Bystander bystander;

  @BeforeEach
  void connect(Scene scene) throws IOException {
    var broker = scene.broker().mqtt();
    bystander =
        scene.own(Bystander.join(broker, scene.clientId("bystander"), scene.topic("bystander")));
    connection = scene.own(RawConnection.open(broker));
    connection.send(Hex.connect(5, scene.clientId("bad")));
    limits = ConnAck.of(connection.expectPacket());
  }

  /** MQTT5-3.2.2-15: decided on the first bytes; the body is never sent. */
  @Test
  void tooLargeAPacketIsRefusedOnItsFirstBytes() throws IOException {
    long claimed = limits.property(MAXIMUM_PACKET_SIZE, 268_435_455);
    connection.send(Hex.bytes("30"));
    connection.send(remainingLength(claimed));
    assertRefused(0x95);
  }

  /** MQTT5-3.3.4-7. */
  @BadInput(55)
  @Test
  void oneMoreThanReceiveMaximumIsRefused(Scene scene) throws IOException {
    long most = limits.property(RECEIVE_MAXIMUM, NO_RECEIVE_MAXIMUM);
    for (int id = 1; id <= most; id++) {
      connection.send(qos2(scene, id));
      assertThat(connection.expectPacket()).startsWith(0x50);
    }
    connection.send(PINGREQ);
    assertThat(connection.expectPacket()).isEqualTo(PINGRESP);
    if (most < NO_RECEIVE_MAXIMUM) {
      connection.send(qos2(scene, (int) most + 1));
      assertRefused(0x93);
    }
  }

  /** MQTT5-3.3.2-9. */
  @Test
  void anAliasAboveTheMaximumIsRefused(Scene scene) throws IOException {
    int above = (int) limits.property(TOPIC_ALIAS_MAXIMUM, 0) + 1;
    connection.send(alias(scene.topic("t"), above));
    assertRefused(0x94);
  }

  /** MQTT5-3.3.2-12. */
  @Test
  void theLargestAliasWorks(Scene scene) throws IOException {
    int largest = (int) limits.property(TOPIC_ALIAS_MAXIMUM, 0);
    if (largest > 0) {
      connection.send(Hex.subscribe(5, scene.topic("t"), 0));
      assertThat(connection.expectPacket()).startsWith(0x90);
      for (String topic : new String[] {scene.topic("t"), ""}) {
        connection.send(alias(topic, largest));
        assertThat(connection.expectPacket())
            .isEqualTo(Hex.publish(5, scene.topic("t"), new byte[] {'x'}));
      }
    }
    connection.send(PINGREQ);
    assertThat(connection.expectPacket()).isEqualTo(PINGRESP);
  }

  /** MQTT5-3.1.2-26: the topic once, its alias from then on. */
  @Test
  void aClientThatTakesAnAliasGetsOne(Scene scene) throws IOException {
    RawConnection taking = scene.own(RawConnection.open(scene.broker().mqtt()));
    byte[] head = Hex.bytes("00044d515454 05 02 003c 03 220001");
    taking.send(Hex.packet(0x10, head, Hex.string(scene.clientId("taking"))));
    assertThat(taking.expectPacket()).startsWith(0x20);
    String topic = scene.topic("some/long/topic");
    taking.send(Hex.subscribe(5, topic, 0));
    assertThat(taking.expectPacket()).startsWith(0x90);
    byte[] payload = {'x'};
    for (int i = 0; i < 3; i++) {
      connection.send(Hex.publish(5, topic, payload));
      byte[] named = alias(i == 0 ? topic : "", 1);
      byte[] got = taking.expectPacket();
      if (scene.broker().isCulvert()) {
        assertThat(got).isEqualTo(named);
      } else {
        assertThat(got).isIn(named, Hex.publish(5, topic, payload));
      }
    }
  }

  /** MQTT5-3.3.4: an alias that stands for nothing. */
  @Test
  void anUnknownAliasIsRefused() throws IOException {
    boolean known = limits.property(TOPIC_ALIAS_MAXIMUM, 0) > 0;
    connection.send(alias("", 1));
    assertRefused(known ? 0x82 : 0x94);
  }

  private void assertRefused(int reasonCode) throws IOException {
    byte[] disconnect = connection.expectPacket();
    assertThat(disconnect[0]).as("DISCONNECT").isEqualTo((byte) 0xE0);
    assertThat(disconnect[2] & 0xFF).as("reason code").isEqualTo(reasonCode);
    assertThat(connection.nextPacket()).as("closed").isNull();
    bystander.assertUndisturbed();
  }

  private static byte[] qos2(Scene scene, int packetId) {
    byte[] id = {(byte) (packetId >> 8), (byte) packetId};
    return Hex.packet(0x34, Hex.string(scene.topic("t")), id, new byte[] {0, 'x'});
  }

  private static byte[] alias(String topic, int alias) {
    byte[] property = {3, 0x23, (byte) (alias >> 8), (byte) alias};
    return Hex.packet(0x30, Hex.string(topic), property, new byte[] {'x'});
  }

  /** A whole packet of this Remaining Length is larger than that by its header. */
  private static byte[] remainingLength(long length) {
    ByteArrayOutputStream digits = new ByteArrayOutputStream();
    long rest = length;
    for (; rest > 0x7F; rest >>>= 7) {
      digits.write((int) (rest & 0x7F | 0x80));
    }
    digits.write((int) rest);
    return digits.toByteArray();
  }
}
