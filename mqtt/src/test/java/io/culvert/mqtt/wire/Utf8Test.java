package io.culvert.mqtt.wire;

import static io.culvert.mqtt.wire.Statement.MQTT3_1_5_3_1;
import static io.culvert.mqtt.wire.Statement.MQTT3_1_5_3_2;
import static io.culvert.mqtt.wire.Statement.MQTT3_1_5_3_3;
import static io.culvert.mqtt.wire.Statement.MQTT5_1_5_4_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_1_5_4_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_1_5_4_3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.engine.ByteReader;
import io.culvert.engine.Bytes;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {
  @ParameterizedTest
  @CsvSource({
    "80,0", // lone continuation
    "61c080,1", // overlong
    "61c1bf,1",
    "6161e08080,2",
    "f0808080,0",
    "eda080,0", // surrogates
    "edbfbf,0",
    "f4908080,0", // above U+10FFFF
    "f888808080,0",
    "ff,0",
    "61e282,1", // ends inside a sequence
    "61e28261,1",
    "00,0",
    "610062,1",
    "c3a400,2",
  })
  @Normative({MQTT5_1_5_4_1, MQTT5_1_5_4_2, MQTT3_1_5_3_1, MQTT3_1_5_3_2})
  @Scenario({6, 7})
  void findsTheFirstWrongByte(String hex, int position) {
    byte[] bytes = Bytes.hex(hex).toByteArray();
    assertThat(Utf8.firstInvalid(bytes, 0, bytes.length)).isEqualTo(position);
    assertThatThrownBy(() -> Utf8.check(bytes, 0, bytes.length, MQTT5_1_5_4_1, "it"))
        .isInstanceOf(MqttViolation.class)
        .hasMessageEndingWith("in it at byte " + position);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "\u0001", "\u007f", "\u0080", "\u07ff", "\u0800", "\ud7ff"})
  @Scenario(6)
  void acceptsTheEdges(String text) {
    assertValid(text);
    assertValid("\ue000\uffff");
    assertValid("\ud800\udc00\udbff\udfff");
  }

  @Test
  @Normative({MQTT5_1_5_4_3, MQTT3_1_5_3_3})
  @Scenario(8)
  void keepsTheByteOrderMark() {
    ByteReader reader = new ByteReader();
    reader.reset(Bytes.hex("0004efbbbf61"));
    assertThat(Utf8.read(reader, MQTT5_1_5_4_1, "it")).isEqualTo("\ufeffa");
  }

  @Test
  void refusesToSendWhatNoPeerMayAccept() {
    assertThat(Utf8.encode("a\ud83d\ude00")).hasSize(5);
    assertThatThrownBy(() -> Utf8.encode("a\u0000"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("U+0000 at 1");
    assertThatThrownBy(() -> Utf8.encode("\ud83d"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("surrogate");
    assertThatThrownBy(() -> Utf8.encode("\ude00\ud83d"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Utf8.encode("\u20ac".repeat(21_845))).hasSize(65_535);
    assertThatThrownBy(() -> Utf8.encode("\u20ac".repeat(21_846)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("65538");
  }

  @Property(tries = 2000)
  void agreesWithTheJdkOnAnyBytes(@ForAll @Size(max = 12) byte[] bytes) {
    boolean zero = Bytes.wrap(bytes).toHex().matches("(..)*?00.*");
    assertThat(Utf8.firstInvalid(bytes, 0, bytes.length) == Utf8.VALID)
        .isEqualTo(!zero && jdkAccepts(bytes));
  }

  @Property(tries = 500)
  void lengthIsThatOfTheBytes(@ForAll String text) {
    String wellFormed = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    assertThat(Utf8.length(wellFormed))
        .isEqualTo(wellFormed.getBytes(StandardCharsets.UTF_8).length);
  }

  private static boolean jdkAccepts(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static void assertValid(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertThat(Utf8.firstInvalid(bytes, 0, bytes.length)).isEqualTo(Utf8.VALID);
  }
}
