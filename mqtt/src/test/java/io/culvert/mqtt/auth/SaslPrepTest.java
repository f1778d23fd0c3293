package io.culvert.mqtt.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SaslPrepTest {
  /** The first five are those of RFC 4013 §3. */
  @ParameterizedTest
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "I\u00adX,IX",
        "user,user",
        "USER,USER",
        "\u00aa,a",
        "\u2168,IX",
        "a\u00a0b\u3000c,a b c",
        "e\u0301,\u00e9",
        "\u05d0\u05d1,\u05d0\u05d1",
        "\u05d01\u05d1,\u05d01\u05d1",
        "\ud83d\ude00,\ud83d\ude00",
        " x , x "
      })
  void textIsPrepared(String text, String prepared) {
    assertThat(SaslPrep.prepare(text)).isEqualTo(prepared);
    assertThat(SaslPrep.prepare(prepared)).isEqualTo(prepared);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u0007",
        "a\u007f",
        "\u0085",
        "a\nb",
        "\u06271",
        "a\u05d0",
        "\u05d0a\u05d0",
        "\ue000",
        "\ufffd",
        "\ufdd0",
        "\uffff",
        "\ud800",
        "\u202e",
        "\u2028",
        "\u2ff0",
        "\udb40\udc41",
        "\u00ad"
      })
  void whatHasNoPreparedFormIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> SaslPrep.prepare(text));
  }

  @Test
  void lengthIsBoundedBeforeAndAfter() {
    assertThat(SaslPrep.prepare("x".repeat(1024))).hasSize(1024);
    assertThatIllegalArgumentException().isThrownBy(() -> SaslPrep.prepare("x".repeat(1025)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SaslPrep.prepare("\ufdfa".repeat(100))) // 18 characters each
        .withMessage("is longer than 1024 characters");
  }
}
