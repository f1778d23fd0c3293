package io.culvert.conformance.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.raw.Hex;
import io.culvert.conformance.scene.Scene;
import io.culvert.conformance.scene.WithBystander;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Strings, topics and filters that are none, that are extreme, or that are not a client's. */
@WithBystander
class TopicBadInputIT {

  private static final int MALFORMED = 0x81;
  private static final int PROTOCOL_ERROR = 0x82;
  private static final int FILTER_INVALID = 0x8F;
  private static final int QUOTA_EXCEEDED = 0x97;
  private static final int FAILURE_BEFORE_MQTT_5 = 0x80;

  @BadInput(37)
  @ParameterizedTest
  @ValueSource(
      strings = {
        "c0af",
        "c080",
        "c1bf",
        "e080af",
        "f08080af", // over-long
        "eda080",
        "edbfbf", // surrogates
        "00",
        "610062", // U+0000
        "c2",
        "e282",
        "f09f98",
        "80",
        "bf", // truncated
        "f4908080",
        "f5808080",
        "f888808080",
        "fe",
        "ff"
      })
  void whatIsNotUtf8IsRefusedEverywhere(String hex, Scene scene) throws IOException {
    String string = String.format("%04x", hex.length() / 2) + hex;
    for (int level : new int[] {4, 5}) {
      String none = level == 5 ? "00" : "";
      Offender.client(scene, level).sendPacket("30", string + none).isDismissed(MALFORMED);
      Offender.client(scene, level)
          .sendPacket("82", "0001" + none + string + "00")
          .isDismissed(MALFORMED);
      Offender.client(scene, level).sendPacket("a2", "0001" + none + string).isDismissed(MALFORMED);
    }
    String connect = "00044d515454 05";
    for (String rest :
        new String[] {
          "02 003c 00" + string,
          "82 003c 00 000161" + string,
          "06 003c 00 000161 00" + string + "0000",
        }) {
      Offender.stranger(scene).sendPacket("10", connect + rest).isRefused(MALFORMED);
    }
    int length = 5 + hex.length() / 2;
    Offender.client(scene, 5)
        .sendPacket("30", "000174" + String.format("%02x", length) + "26 0000" + string)
        .isDismissed(MALFORMED);
  }

  /** Control characters, non-characters, U+FEFF: legal, and nobody's business. */
  @BadInput({37, 38})
  @ParameterizedTest
  @ValueSource(
      strings = {"01", "0d0a", "7f", "c285", "efbfbf", "efb790", "f48fbfbf", "efbbbf", "f09f9880"})
  void oddCharactersArriveAsTheyWere(String hex, Scene scene) throws IOException {
    String topic = scene.topic(new String(Hex.bytes(hex), StandardCharsets.UTF_8));
    for (int level : new int[] {4, 5}) {
      Offender client = Offender.client(scene, level);
      assertThat(client.subscribe(topic, 0)).isZero();
      byte[] publish = Hex.publish(level, topic, new byte[] {'x'});
      client.send(publish).answers(Hex.of(publish));
    }
  }

  @BadInput(38)
  @ParameterizedTest
  @CsvSource({"a, \uFEFFa", "a\uFEFF, a", "\u00E9, e\u0301", "\u212B, \u00C5", "A, a"})
  void topicsThatOnlyLookAlikeAreDifferent(String one, String other, Scene scene)
      throws IOException {
    Offender client = Offender.client(scene, 5);
    client.subscribe(scene.topic(one), 0);
    client.send(Hex.publish(5, scene.topic(other), new byte[] {'x'}));
    client.isServed();
    client.send(Hex.publish(5, scene.topic(one), new byte[] {'y'}));
    client.answers(Hex.of(Hex.publish(5, scene.topic(one), new byte[] {'y'})));
  }

  @BadInput(39)
  @ParameterizedTest
  @CsvSource({"a/, 32767", "/, 65000", "/, 65535", "é/, 20000", "a/, 128"})
  void tooManyLevelsAreRefusedWithoutBeingCounted(String level, int times, Scene scene)
      throws IOException {
    String deep = level.repeat(times);
    Offender client = Offender.client(scene, 5);
    client.send(Hex.publishQos1(5, deep, 1, new byte[0])).answers("4003 0001 90");
    client.send(Hex.publishQos2(5, deep, 2, new byte[0])).answers("5003 0002 90");
    client.send(Hex.publish(5, deep, new byte[0]));
    assertThat(client.subscribe(deep, 0)).isEqualTo(QUOTA_EXCEEDED);
    client.send(Hex.packet(0xA2, Hex.bytes("0001 00"), Hex.string(deep)));
    client.answers("b004 0001 00 11");
    Offender old = Offender.client(scene, 4);
    old.send(Hex.publishQos1(4, deep, 1, new byte[0])).answers("4002 0001");
    assertThat(old.subscribe(deep, 0)).isEqualTo(FAILURE_BEFORE_MQTT_5);
    old.isServed();
  }

  @BadInput(39)
  @ParameterizedTest
  @ValueSource(strings = {"+/", "/", "$share/g/a/"})
  void filtersWithTooManyLevelsAreRefused(String level, Scene scene) throws IOException {
    Offender client = Offender.client(scene, 5);
    String deep = level + "+/".repeat(32_700) + "#";
    for (int i = 0; i < 20; i++) {
      assertThat(client.subscribe(deep, 0)).isEqualTo(QUOTA_EXCEEDED);
    }
  }

  @BadInput({40, 42})
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a+",
        "+a",
        "a/b+",
        "a/+b/c",
        "++",
        "a#",
        "#a",
        "a/#/b",
        "#/x",
        "##",
        "a/##",
        "#/",
        "$share/",
        "$share/g",
        "$share/g/",
        "$share//x",
        "$share/g+/x",
        "$share/#/x",
        "$share/+/x",
        "$share/g/a#",
        "$share/g/#/a"
      })
  void aFilterThatIsNoneIsRefusedAlone(String filter, Scene scene) throws IOException {
    for (int level : new int[] {4, 5}) {
      Offender client = Offender.client(scene, level);
      int refused = level == 5 ? FILTER_INVALID : FAILURE_BEFORE_MQTT_5;
      assertThat(client.subscribe(filter, 0)).isEqualTo(refused);
      assertThat(client.subscribe(scene.topic("t"), 0)).isZero();
    }
  }

  @BadInput(41)
  @ParameterizedTest
  @ValueSource(strings = {"a/+", "#", "+", "a/#", "a+b"})
  void aTopicHasNoWildcards(String topic, Scene scene) throws IOException {
    for (int level : new int[] {4, 5}) {
      Offender.client(scene, level)
          .send(Hex.publish(level, topic, new byte[0]))
          .isDismissed(PROTOCOL_ERROR);
    }
    byte[] head = Hex.bytes("00044d515454 05 06 003c 00 000161 00");
    Offender.stranger(scene)
        .send(Hex.packet(0x10, head, Hex.string(topic), Hex.string("")))
        .isRefused(PROTOCOL_ERROR);
    byte[] head4 = Hex.bytes("00044d515454 04 06 003c 000161");
    Offender.stranger(scene)
        .send(Hex.packet(0x10, head4, Hex.string(topic), Hex.string("")))
        .isClosedInSilence();
  }

  @BadInput(43)
  @Test
  void noLocalIsNotForSharedSubscriptions(Scene scene) throws IOException {
    Offender.client(scene, 5)
        .send(Hex.subscribe(5, "$share/g/" + scene.topic("t"), 4))
        .isDismissed(PROTOCOL_ERROR);
  }

  @BadInput(44)
  @ParameterizedTest
  @ValueSource(strings = {"$SYS/broker/uptime", "$SYS/", "$share/g/x", "$share/g"})
  void theServersTopicsAreNotForClients(String topic, Scene scene) throws IOException {
    Offender witness = Offender.client(scene, 5, "witness");
    witness.subscribe("$SYS/#", 0);
    for (int level : new int[] {4, 5}) {
      Offender client = Offender.client(scene, level);
      client.send(Hex.publish(level, topic, new byte[] {'x'}));
      client.send(Hex.publishQos1(level, topic, 1, new byte[] {'x'}));
      client.answers(level == 5 ? "4003 0001 87" : "4002 0001");
      byte[] retained = Hex.publishQos2(level, topic, 2, new byte[] {'x'});
      retained[0] |= 1;
      client.send(retained).answers(level == 5 ? "5003 0002 87" : "5002 0002");
      client.isServed();
    }
    witness.isServed();
  }

  @BadInput({45, 46})
  @ParameterizedTest
  @CsvSource({"$SYS/x, false", "$share/g/x, false", "$CONTROL/x, true", "$x, true", "$, true"})
  void aWillIsNoWayAroundIt(String topic, boolean arrives, Scene scene) throws IOException {
    Offender witness = Offender.client(scene, 5, "witness");
    witness.subscribe("$SYS/#", 0);
    witness.subscribe(topic.startsWith("$share/") ? "x" : topic, 0);
    Offender mortal = Offender.stranger(scene);
    mortal.send(
        Hex.packet(
            0x10,
            Hex.bytes("00044d515454 05 06 003c 00"),
            Hex.string(scene.clientId("mortal")),
            Hex.bytes("00"),
            Hex.string(topic),
            Hex.string("x")));
    assertThat(mortal.next()).startsWith(0x20);
    mortal.sendPacket("e0", "04").isClosedInSilence();
    if (arrives) {
      witness.answers(Hex.of(Hex.publish(5, topic, new byte[] {'x'})));
    }
    witness.isServed();
  }

  @BadInput({46, 69})
  @ParameterizedTest
  @ValueSource(strings = {"#", "+", "+/#", "$share/g/#", "$share/g/+", "$share/g/+/#"})
  void topicsWithADollarAreNotForLeadingWildcards(String filter, Scene scene) throws IOException {
    String dollar = "$" + scene.clientId("x");
    Offender client = Offender.client(scene, 5);
    client.subscribe(dollar, 0);
    Offender all = Offender.client(scene, 5, "all");
    all.subscribe(filter, 0);
    client.send(Hex.publish(5, dollar, new byte[] {'x'}));
    client.answers(Hex.of(Hex.publish(5, dollar, new byte[] {'x'})));
    all.send(Hex.bytes("c000"));
    for (byte[] packet = all.next(); packet[0] != (byte) 0xD0; packet = all.next()) {
      assertThat(new String(packet, StandardCharsets.UTF_8)).doesNotContain(dollar);
    }
  }

  /** A filter that is refused on its own is refused in a share as well, and the other way round. */
  @BadInput(69)
  @ParameterizedTest
  @CsvSource({"a+, 8f", "+/+/#/a, 8f"})
  void aShareIsNoWayAroundAnything(String filter, String reasonCode, Scene scene)
      throws IOException {
    Offender client = Offender.client(scene, 5);
    int expected = Integer.parseInt(reasonCode, 16);
    assertThat(client.subscribe(filter, 0)).isEqualTo(expected);
    assertThat(client.subscribe("$share/g/" + filter, 0)).isEqualTo(expected);
    assertThat(client.subscribe("$share/g/" + "a/".repeat(200), 0)).isEqualTo(QUOTA_EXCEEDED);
  }
}
