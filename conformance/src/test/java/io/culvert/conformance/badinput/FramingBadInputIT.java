package io.culvert.conformance.badinput;

import io.culvert.conformance.raw.Hex;
import io.culvert.conformance.scene.Scene;
import io.culvert.conformance.scene.WithBystander;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bytes that do not frame a packet, or not one that may come here. Rows name the level, the first
 * byte and the body; Remaining Length is added where it is not itself what is wrong.
 */
@WithBystander
class FramingBadInputIT {

  private static final int MALFORMED = 0x81;
  private static final int PROTOCOL_ERROR = 0x82;
  private static final int UNSUPPORTED_VERSION = 0x84;
  private static final int TOO_LARGE = 0x95;

  @BadInput(1)
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000",
        "20020000",
        "3003000174",
        "300400017400",
        "40020001",
        "50020001",
        "62020001",
        "70020001",
        "8206000100017400",
        "820700010000017400",
        "9003000100",
        "a20500010001 74",
        "b0020001",
        "c000",
        "d000",
        "e000",
        "e0020400",
        "f000"
      })
  void whoeverDoesNotBeginWithConnectIsNotSpokenTo(String hex, Scene scene) throws IOException {
    Offender.stranger(scene).send(Hex.bytes(hex)).isClosedInSilence();
  }

  @BadInput(2)
  @ParameterizedTest
  @ValueSource(strings = {"30", "82", "c0", "e0", "f0"})
  void aStrangersHugeClaimIsRefusedOnItsHeader(String first, Scene scene) throws IOException {
    Offender.stranger(scene).send(Hex.bytes(first + "ffffff7f")).isClosedInSilence();
    Offender.stranger(scene).send(Hex.bytes("10ffffff7f")).isRefused(TOO_LARGE);
  }

  @BadInput(3)
  @ParameterizedTest
  @CsvSource({
    "5, 308080808001",
    "5, 3080808080808001",
    "5, c08000",
    "5, 30848000",
    "4, 3080808080"
  })
  void remainingLengthHasItsOneForm(int level, String hex, Scene scene) throws IOException {
    byte[] bytes = Hex.joined(Hex.bytes(hex), Hex.bytes("8000"));
    Offender.client(scene, level).send(bytes).isDismissed(MALFORMED);
    Offender.stranger(scene).send(Hex.bytes("1080808080")).isRefused(MALFORMED);
    Offender.stranger(scene).send(Hex.bytes("108000")).isRefused(MALFORMED);
  }

  @BadInput(4)
  @ParameterizedTest
  @CsvSource({
    "30, 000174 8080808001",
    "30, 000174 8000",
    "30, 000174 ffffffff7f",
    "82, 0001 8080808001 000174 00",
    "82, 0001 06 0b8080808001 000174 00",
    "82, 0001 03 0b8100 000174 00",
    "40, 0001 00 8080808001",
    "e0, 00 8080808001"
  })
  void aVariableByteIntegerHasItsOneForm(String first, String body, Scene scene)
      throws IOException {
    Offender.client(scene, 5).sendPacket(first, body).isDismissed(MALFORMED);
  }

  @BadInput(5)
  @ParameterizedTest
  @CsvSource({
    "5, 3003000a61",
    "5, 3000",
    "5, 3203000174",
    "5, 3404 000174 00",
    "5, 82050001000001",
    "5, 820100",
    "5, 400100",
    "5, 4000",
    "5, e0020400 c0",
    "4, 3003000a61",
    "4, 3000",
    "4, 82050001000174",
    "4, 4000"
  })
  void whatIsBehindTooShortALengthIsNotObeyed(int level, String hex, Scene scene)
      throws IOException {
    String topic = scene.topic("smuggled");
    Offender witness = Offender.client(scene, 5, "witness");
    witness.subscribe(topic, 0);
    byte[] smuggled = Hex.publish(level, topic, new byte[] {'x'});
    Offender sender = Offender.client(scene, level).send(Hex.bytes(hex), smuggled);
    if (!hex.startsWith("e0")) {
      sender.isDismissed(MALFORMED);
    }
    witness.send(Hex.publish(5, topic, "end".getBytes(StandardCharsets.UTF_8)));
    witness.answers(Hex.of(Hex.publish(5, topic, "end".getBytes(StandardCharsets.UTF_8))));
  }

  @BadInput(7)
  @ParameterizedTest
  @CsvSource({
    "5, 30, 00ff 616263",
    "5, 30, ffff 616263",
    "5, 30, 000174 05 26 00ff 6162",
    "5, 30, 000174 05 03 ffff 6162",
    "5, 82, 0001 00 ffff 6162 00",
    "5, a2, 0001 00 ffff 6162",
    "5, e0, 04 05 1f ffff 6162",
    "4, 30, 00ff 616263",
    "4, 82, 0001 ffff 6162 00",
    "4, a2, 0001 ffff 6162"
  })
  void aStringEndsInsideItsPacket(int level, String first, String body, Scene scene)
      throws IOException {
    Offender.client(scene, level).sendPacket(first, body).isDismissed(MALFORMED);
  }

  @BadInput(7)
  @ParameterizedTest
  @ValueSource(
      strings = {
        "02 003c 00 ffff 61", // client identifier
        "06 003c 00 0001 61 00 ffff 74", // Will Topic
        "06 003c 00 0001 61 00 0001 74 ffff 78", // Will Payload
        "82 003c 00 0001 61 ffff 75", // User Name
        "42 003c 00 0001 61 ffff 70", // Password
        "02 003c 05 26 ffff 6162 0001 61" // User Property
      })
  void aStringEndsInsideConnect(String behindLevel, Scene scene) throws IOException {
    Offender.stranger(scene).sendPacket("10", "00044d515454 05" + behindLevel).isRefused(MALFORMED);
  }

  @BadInput({10, 17})
  @ParameterizedTest
  @CsvSource({
    "5, 00, '', 81",
    "4, 00, '', 0",
    "5, f0, '', 82",
    "4, f0, '', 0",
    "5, 20, 0000 00, 82",
    "4, 20, 0000, 0",
    "5, 90, 0001 00 00, 82",
    "4, 90, 0001 00, 0",
    "5, b0, 0001 00 00, 82",
    "4, b0, 0001, 0",
    "5, d0, '', 82",
    "4, d0, '', 0"
  })
  void aPacketThatNoClientMaySendIsRefused(
      int level, String first, String body, String reasonCode, Scene scene) throws IOException {
    Offender.client(scene, level)
        .sendPacket(first, body)
        .isDismissed(Integer.parseInt(reasonCode, 16));
  }

  @BadInput({11, 12, 13})
  @ParameterizedTest
  @CsvSource({
    "41, 0001",
    "51, 0001",
    "60, 0001",
    "63, 0001",
    "71, 0001",
    "80, 0001 00 000174 00",
    "83, 0001 00 000174 00",
    "a0, 0001 00 000174",
    "c1, ''",
    "e1, ''",
    "f1, ''",
    "36, 000174 0001 00", // QoS 3
    "3e, 000174 0001 00",
    "38, 000174 00", // DUP at QoS 0
    "39, 000174 00"
  })
  void flagsAreAsTheyMustBe(String first, String body, Scene scene) throws IOException {
    Offender.client(scene, 5).sendPacket(first, body).isDismissed(MALFORMED);
    Offender.client(scene, 4).sendPacket(first, body).isDismissed(MALFORMED);
    Offender.stranger(scene)
        .sendPacket("11", "00044d515454 05 02 003c 00 0001 61")
        .isRefused(MALFORMED);
  }

  @BadInput(12)
  @ParameterizedTest
  @CsvSource({"5, 82, 0001 00 000174 03, 82", "4, 82, 0001 000174 03, 0"})
  void subscriptionsHaveAQosOf2AtMost(
      int level, String first, String body, String reasonCode, Scene scene) throws IOException {
    Offender.client(scene, level)
        .sendPacket(first, body)
        .isDismissed(Integer.parseInt(reasonCode, 16));
    Offender.stranger(scene)
        .sendPacket("10", "00044d515454 05 1e 003c 00 0001 61 00 0001 74 0000")
        .isRefused(MALFORMED);
  }

  @BadInput({14, 15, 18})
  @ParameterizedTest
  @CsvSource({
    "32, 000174 0000, 000174 0000 00",
    "34, 000174 0000, 000174 0000 00",
    "82, 0000 000174 00, 0000 00 000174 00",
    "a2, 0000 000174, 0000 00 000174",
    "40, 0000, 0000",
    "50, 0000, 0000",
    "62, 0000, 0000",
    "70, 0000, 0000",
    "30, 0000, 0000 00", // no topic and no alias
    "32, 0000 0001, 0000 0001 00",
    "82, 0001, 0001 00", // no filter
    "a2, 0001, 0001 00"
  })
  void whatIsMissingIsMissed(String first, String body4, String body5, Scene scene)
      throws IOException {
    Offender.client(scene, 5).sendPacket(first, body5).isDismissed(PROTOCOL_ERROR);
    Offender.client(scene, 4).sendPacket(first, body4).isDismissed(PROTOCOL_ERROR);
  }

  @BadInput(16)
  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void aSecondConnectEndsTheConnectionAndTouchesNoOther(int level, Scene scene) throws IOException {
    Offender victim = Offender.client(scene, level, "victim");
    Offender sender = Offender.client(scene, level);
    sender.send(Hex.connect(level, scene.clientId("victim"))).isDismissed(PROTOCOL_ERROR);
    victim.isServed();
  }

  @BadInput(19)
  @ParameterizedTest
  @CsvSource({
    "5, 40, 0001 00 00 00",
    "5, 62, 0001 00 00 00",
    "5, e0, 00 00 00",
    "5, f0, 00 00 00",
    "5, c0, 00",
    "5, 82, 0001 00 000174 00 00",
    "5, a2, 0001 00 000174 00",
    "4, 40, 0001 00",
    "4, 62, 0001 00",
    "4, c0, 00",
    "4, e0, 00",
    "4, 82, 0001 000174 00 00"
  })
  void nothingIsLeftBehindThePacket(int level, String first, String body, Scene scene)
      throws IOException {
    Offender.client(scene, level).sendPacket(first, body).isDismissed(MALFORMED);
    Offender.stranger(scene)
        .sendPacket("10", "00044d515454 05 02 003c 00 0001 61 00")
        .isRefused(MALFORMED);
  }

  @BadInput(20)
  @ParameterizedTest
  @ValueSource(
      strings = {
        "00064d5149736470 04", // MQIsdp with level 4
        "00044d515454 03", // MQTT with level 3
        "00044d515454 06",
        "00044d515454 00",
        "00044d515454 84", // the bit that marks a bridge elsewhere
        "00044d515455 05",
        "00046d717474 05",
        "0000 05"
      })
  void anUnknownProtocolIsNamedAsSuch(String nameAndLevel, Scene scene) throws IOException {
    Offender.stranger(scene)
        .sendPacket("10", nameAndLevel + "02 003c 00 0001 61")
        .isRefused(UNSUPPORTED_VERSION);
  }
}
