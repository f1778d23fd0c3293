package io.culvert.conformance.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.raw.Hex;
import io.culvert.conformance.scene.Scene;
import io.culvert.conformance.scene.WithBystander;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Properties of MQTT 5 that are too many, too large, in the wrong place, or out of range. */
@WithBystander
class PropertyBadInputIT {

  private static final int MALFORMED = 0x81;
  private static final int PROTOCOL_ERROR = 0x82;
  private static final int TOO_LARGE = 0x95;
  private static final int MOST_USER_PROPERTIES = 65_535;

  @BadInput(21)
  @ParameterizedTest
  @ValueSource(strings = {"30 9284af5f 000174 8c84af5f", "82 9284af5f 0001 8c84af5f"})
  void propertiesOf200MegabytesAreRefusedOnTheHeader(String hex, Scene scene) throws IOException {
    Offender.client(scene, 5).send(Hex.bytes(hex)).isDismissed(TOO_LARGE);
    Offender.stranger(scene)
        .send(Hex.bytes("10 9684af5f 00044d515454 05 02 003c 8084af5f"))
        .isRefused(TOO_LARGE);
  }

  @BadInput(21)
  @Test
  void aPropertyLengthBeyondThePacketIsRefused(Scene scene) throws IOException {
    Offender.client(scene, 5).sendPacket("30", "000174 8084af5f").isDismissed(MALFORMED);
  }

  /**
   * They come in pieces of a hundred bytes: whoever began anew with each would not come to an end.
   */
  @BadInput({21, 22})
  @Test
  void manyPropertiesInManyPiecesAreReadOnce(Scene scene) throws IOException {
    byte[] body = Hex.joined(Hex.string(scene.topic("t")), Hex.id(7), manyUserProperties());
    byte[] packet = Hex.packet(0x32, body);
    Offender sender = Offender.client(scene, 5);
    for (int at = 0; at < packet.length; at += 100) {
      sender.send(Arrays.copyOfRange(packet, at, Math.min(packet.length, at + 100)));
    }
    sender.answers("4003 0007 10");
    sender.isServed();
  }

  @BadInput(22)
  @Test
  void asManyUserPropertiesAsThereMayBeReachTheSubscriber(Scene scene) throws IOException {
    Offender sender = Offender.client(scene, 5);
    sender.subscribe(scene.topic("t"), 0);
    byte[] publish = Hex.packet(0x30, Hex.string(scene.topic("t")), manyUserProperties());
    for (int i = 0; i < 10; i++) {
      sender.send(publish);
      assertThat(sender.next()).isEqualTo(publish);
    }
  }

  @BadInput(22)
  @Test
  void asManyUserPropertiesAsThereMayBeInAnyPacketAreAnswered(Scene scene) throws IOException {
    byte[] many = manyUserProperties();
    Offender sender = Offender.stranger(scene);
    sender.send(Hex.packet(0x10, Hex.bytes("00044d515454 05 02 003c"), many, Hex.string("")));
    assertThat(sender.next()).as("CONNACK").startsWith(0x20).contains(0);
    String filter = scene.topic("t");
    sender.send(Hex.packet(0x82, Hex.id(1), many, Hex.string(filter), new byte[1]));
    sender.answers("9004 0001 00 00");
    sender.send(Hex.packet(0xA2, Hex.id(2), many, Hex.string(filter)));
    sender.answers("b004 0002 00 00");
    sender.send(Hex.packet(0x62, Hex.id(3), new byte[1], many));
    sender.answers("7003 0003 92");
    sender.send(Hex.packet(0xE0, new byte[1], many)).isClosedInSilence();
  }

  /** Twice, not allowed here, out of range, or not to be sent by a client. */
  @BadInput({23, 31, 32, 33, 34})
  @ParameterizedTest
  @CsvSource({
    "30, 000174 04 0101 0101", // Payload Format Indicator twice
    "30, 000174 0a 0200000001 0200000001",
    "30, 000174 06 230001 230001",
    "82, 0001 04 0b01 0b02 000174 00",
    "e0, 00 0a 1100000000 1100000000",
    "82, 0001 02 0b00 000174 00", // Subscription Identifier 0
    "30, 000174 02 0b01", // and from a client
    "30, 000174 06 080003612f2b", // Response Topic a/+
    "30, 000174 04 08000123",
    "30, 000174 02 0102", // Payload Format Indicator 2
    "e0, 00 05 1100000001" // Session Expiry Interval raised from 0
  })
  void aProtocolErrorIsNamedAsSuch(String first, String body, Scene scene) throws IOException {
    Offender.client(scene, 5).sendPacket(first, body).isDismissed(PROTOCOL_ERROR);
  }

  @BadInput({24, 25, 26})
  @ParameterizedTest
  @CsvSource({
    "30, 000174 05 1100000001", // Session Expiry Interval in PUBLISH
    "30, 000174 03 210001",
    "82, 0001 03 230001 000174 00",
    "a2, 0001 02 0b01 000174",
    "40, 0001 00 02 0101",
    "e0, 00 02 0101",
    "30, 000174 02 0001", // unknown
    "30, 000174 02 0401",
    "30, 000174 02 7f01",
    "30, 000174 03 ff0101",
    "82, 0001 02 2b01 000174 00",
    "40, 0001 00 02 7f00",
    "30, 000174 01 02", // truncated
    "30, 000174 04 02000000",
    "30, 000174 02 2300",
    "30, 000174 04 26000161",
    "82, 0001 01 0b 000174 00",
    "e0, 00 03 110000"
  })
  void aMalformedPropertyIsNamedAsSuch(String first, String body, Scene scene) throws IOException {
    Offender.client(scene, 5).sendPacket(first, body).isDismissed(MALFORMED);
  }

  @BadInput({23, 24, 25, 26, 27, 28, 30, 32})
  @ParameterizedTest
  @CsvSource({
    "02, 06 210001 210001, '', 82", // Receive Maximum twice
    "02, 02 0101, '', 81", // not allowed
    "02, 02 7f01, '', 81", // unknown
    "02, 02 2100, '', 81", // truncated
    "02, 03 210000, '', 82", // Receive Maximum 0
    "02, 05 2700000000, '', 82", // Maximum Packet Size 0
    "02, 04 16000178, '', 82", // Authentication Data without Method
    "02, 04 15000178, '', 8c", // a Method that nobody knows
    "02, 02 1702, '', 82", // Request Problem Information 2
    "06, 00, 05 1100000001 000174 0000, 81", // not allowed in a Will
    "06, 00, 03 210001 000174 0000, 81",
    "06, 00, 04 01010101 000174 0000, 82",
    "06, 00, 04 08000123 000174 0000, 82"
  })
  void aBadConnectIsRefused(
      String flags, String properties, String will, String reasonCode, Scene scene)
      throws IOException {
    Offender.stranger(scene)
        .sendPacket("10", "00044d515454 05" + flags + "003c" + properties + "000161" + will)
        .isRefused(Integer.parseInt(reasonCode, 16));
  }

  /** CONNACK has five bytes at least. */
  @BadInput(28)
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 5, 6})
  void aClientThatTakesNoConnackIsLetGo(int maximumPacketSize, Scene scene) throws IOException {
    Offender client = Offender.stranger(scene);
    String properties = "05 27000000" + String.format("%02x", maximumPacketSize);
    client.sendPacket("10", "00044d515454 05 02 003c" + properties + "000161");
    if (maximumPacketSize < 5) {
      client.isClosedInSilence();
    } else {
      client.isRefused(TOO_LARGE);
    }
  }

  @BadInput(28)
  @Test
  void whatTheClientDoesNotTakeIsNotSent(Scene scene) throws IOException {
    Offender small = Offender.stranger(scene);
    small.sendPacket("10", "00044d515454 05 02 003c 05 2700000028 000161");
    assertThat(small.next()).startsWith(0x20);
    String topic = scene.topic("t");
    small.subscribe(topic, 1);
    small.send(Hex.publishQos1(5, topic, 1, new byte[40]));
    small.answers("4002 0001");
    small.isServed();
    byte[] many =
        Hex.joined(Collections.nCopies(40, Hex.bytes("000174 00")).toArray(byte[][]::new));
    small.send(Hex.packet(0x82, Hex.bytes("0002 00"), many)).isDismissed(TOO_LARGE);
  }

  @BadInput(29)
  @ParameterizedTest
  @CsvSource({"000174, 0000, 94", "0000, ffff, 94", "000174, 0011, 94", "0000, 0001, 82"})
  void anAliasIsWithinItsLimitAndKnown(String topic, String alias, String reasonCode, Scene scene)
      throws IOException {
    Offender.client(scene, 5)
        .sendPacket("30", topic + "03 23" + alias)
        .isDismissed(Integer.parseInt(reasonCode, 16));
  }

  @BadInput(29)
  @Test
  void anAliasThatIsRedefinedStandsForItsNewTopic(Scene scene) throws IOException {
    Offender client = Offender.client(scene, 5);
    client.subscribe(scene.topic("own/#"), 0); // not what the bystander says
    byte[] alias = Hex.bytes("03 230001");
    for (String topic : new String[] {scene.topic("own/a"), scene.topic("own/b")}) {
      client.send(Hex.packet(0x30, Hex.string(topic), alias));
      client.send(Hex.packet(0x30, Hex.string(""), alias));
      client.answers(Hex.of(Hex.publish(5, topic, new byte[0])));
      client.answers(Hex.of(Hex.publish(5, topic, new byte[0])));
    }
  }

  @BadInput(30)
  @ParameterizedTest
  @CsvSource({"00 00", "18 04 15000178", "19 04 15000178", "18 08 15000178 16000179"})
  void authWithoutAMethodInConnectIsRefused(String body, Scene scene) throws IOException {
    Offender.client(scene, 5).sendPacket("f0", body).isDismissed(PROTOCOL_ERROR);
    Offender.stranger(scene).sendPacket("f0", body).isClosedInSilence();
  }

  /** A receiver may check it, and Culvert leaves the payload alone. */
  @BadInput(33)
  @Test
  void aPayloadThatIsNotTheTextItClaimsToBeIsDeliveredAsItIs(Scene scene) throws IOException {
    Offender client = Offender.client(scene, 5);
    client.subscribe(scene.topic("t"), 0);
    byte[] publish =
        Hex.packet(0x30, Hex.string(scene.topic("t")), Hex.bytes("02 0101"), Hex.bytes("c0af ff"));
    client.send(publish).answers(Hex.of(publish));
  }

  /** The Will then comes when the session ends, at once or after a second. */
  @BadInput(35)
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aWillIsNotDelayedBeyondItsSession(int expirySeconds, Scene scene) throws IOException {
    String topic = scene.topic("will");
    Offender witness = Offender.client(scene, 5, "witness");
    witness.subscribe(topic, 0);
    Offender mortal = Offender.stranger(scene);
    mortal.send(
        Hex.packet(
            0x10,
            Hex.bytes("00044d515454 05 06 003c 05 11000000 0" + expirySeconds),
            Hex.string(scene.clientId("mortal")),
            Hex.bytes("05 18ffffffff"),
            Hex.string(topic),
            Hex.string("x")));
    assertThat(mortal.next()).startsWith(0x20);
    mortal.sendPacket("e0", "04").isClosedInSilence();
    witness.answers(Hex.of(Hex.publish(5, topic, new byte[] {'x'})));
  }

  /** Only CONNACK and DISCONNECT may have one then. */
  @BadInput(36)
  @Test
  void whoWantsNoProblemInformationGetsNoReasonString(Scene scene) throws IOException {
    Offender client = Offender.stranger(scene);
    client.sendPacket("10", "00044d515454 05 02 003c 02 1700 0000");
    assertThat(client.next()).startsWith(0x20);
    client.send(Hex.publishQos1(5, "$SYS/x", 1, new byte[0])).answersExactly("4003 0001 87");
    client.send(Hex.publishQos2(5, "$SYS/x", 2, new byte[0])).answersExactly("5003 0002 87");
    client.sendPacket("62", "0009").answersExactly("7003 0009 92");
    client.send(Hex.subscribe(5, "a#", 0)).answersExactly("9004 0001 00 8f");
    client.sendPacket("a2", "0003 00 0002 6123").answersExactly("b004 0003 00 8f");
    client.sendPacket("40", "0001 10 05 1f 0002 6869");
    client.isServed();
  }

  /** A property section with its length. */
  private static byte[] manyUserProperties() {
    byte[] one = Hex.bytes("26 0001 61 0001 62");
    byte[] all = new byte[MOST_USER_PROPERTIES * one.length];
    for (int at = 0; at < all.length; at += one.length) {
      System.arraycopy(one, 0, all, at, one.length);
    }
    byte[] packet = Hex.packet(0, all);
    return Arrays.copyOfRange(packet, 1, packet.length);
  }
}
