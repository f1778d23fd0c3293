package io.culvert.conformance.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.raw.Hex;
import io.culvert.conformance.raw.RawConnection;
import io.culvert.conformance.scene.Scene;
import java.io.IOException;
import java.net.SocketException;
import java.util.Arrays;

/** One client that sends what it should not, and what the broker is seen to do about it. */
final class Offender {

  static final byte[] PINGREQ = Hex.bytes("c000");
  static final byte[] PINGRESP = Hex.bytes("d000");

  private final RawConnection connection;
  private final int level;

  private Offender(RawConnection connection, int level) {
    this.connection = connection;
    this.level = level;
  }

  /** A connection on which nothing has been sent yet. */
  static Offender stranger(Scene scene) throws IOException {
    return new Offender(scene.own(RawConnection.open(scene.broker().mqtt())), 5);
  }

  /** A client of MQTT 3.1.1 (level 4) or 5 with a finished handshake and a clean session. */
  static Offender client(Scene scene, int level) throws IOException {
    return client(scene, level, "offender");
  }

  static Offender client(Scene scene, int level, String name) throws IOException {
    return connected(scene, level, Hex.connect(level, scene.clientId(name)));
  }

  /** An MQTT 5 client with these Connect Flags and properties, in hexadecimal with their length. */
  static Offender client(Scene scene, String name, String flags, String properties)
      throws IOException {
    byte[] head = Hex.bytes("00044d515454 05" + flags + "003c" + properties);
    return connected(scene, 5, Hex.packet(0x10, head, Hex.string(scene.clientId(name))));
  }

  private static Offender connected(Scene scene, int level, byte[] connect) throws IOException {
    Offender offender = new Offender(scene.own(RawConnection.open(scene.broker().mqtt())), level);
    offender.send(connect);
    assertThat(offender.next()).startsWith(0x20).satisfies(p -> assertThat(p[3]).isZero());
    return offender;
  }

  /** The broker may have closed in the middle: what it said is still to be read. */
  Offender send(byte[]... packets) throws IOException {
    try {
      connection.send(Hex.joined(packets));
    } catch (SocketException e) {
      // Refused before the last byte was sent.
    }
    return this;
  }

  /** A packet of this first byte and body, both in hexadecimal, with the length that is right. */
  Offender sendPacket(String firstByte, String body) throws IOException {
    return send(Hex.packet(Integer.parseInt(firstByte, 16), Hex.bytes(body)));
  }

  byte[] next() throws IOException {
    return connection.expectPacket();
  }

  /** This packet comes next, so many times. */
  void answers(int times, byte[] packet) throws IOException {
    for (int i = 0; i < times; i++) {
      assertThat(Hex.of(withoutProperties(next()))).as("number %s", i).isEqualTo(Hex.of(packet));
    }
  }

  /** This packet comes next, apart from a Reason String in an acknowledgement. */
  void answers(String hex) throws IOException {
    assertThat(Hex.of(withoutProperties(next()))).isEqualTo(hex.replace(" ", ""));
  }

  void answersExactly(String hex) throws IOException {
    assertThat(Hex.of(next())).isEqualTo(hex.replace(" ", ""));
  }

  /** SUBSCRIBE for one filter; returns the reason code. */
  int subscribe(String filter, int options) throws IOException {
    send(Hex.subscribe(level, filter, options));
    byte[] subAck = next();
    assertThat(subAck).as("SUBACK").startsWith(0x90);
    return subAck[subAck.length - 1] & 0xFF;
  }

  /** It goes on as if nothing had been. */
  void isServed() throws IOException {
    send(PINGREQ);
    assertThat(Hex.of(next())).as("PINGRESP").isEqualTo(Hex.of(PINGRESP));
  }

  /** An MQTT 5 client gets DISCONNECT with this reason code, any other no word; then the close. */
  void isDismissed(int reasonCode) throws IOException {
    if (level == 5) {
      byte[] disconnect = next();
      assertThat(disconnect).as("DISCONNECT").startsWith(0xE0).hasSizeGreaterThan(2);
      assertReasonCode(disconnect[2], reasonCode);
    }
    isClosedInSilence();
  }

  /** CONNACK with this reason code, then the close. */
  void isRefused(int reasonCode) throws IOException {
    byte[] connAck = next();
    assertThat(connAck).as("CONNACK").startsWith(0x20);
    assertReasonCode(connAck[3], reasonCode);
    isClosedInSilence();
  }

  void isClosedInSilence() throws IOException {
    byte[] said = connection.nextPacket();
    assertThat(said == null ? "" : Hex.of(said)).as("said before the close").isEmpty();
  }

  /** PUBACK, PUBREC, PUBREL and PUBCOMP end with their reason code then. */
  private static byte[] withoutProperties(byte[] packet) {
    int type = packet[0] & 0xF0;
    boolean isLong = type >= 0x40 && type <= 0x70 && packet.length > 5;
    return isLong ? Hex.packet(packet[0], Arrays.copyOfRange(packet, 2, 5)) : packet;
  }

  private static void assertReasonCode(byte actual, int expected) {
    assertThat(String.format("0x%02X", actual))
        .as("reason code")
        .isEqualTo(String.format("0x%02X", expected));
  }
}
