package io.culvert.rpc.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.engine.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a device says whether it is there, as docs/rpc-wire.md has it. */
class PresenceTest {
  @Test
  void theBytesAreThoseOfTheDocument() {
    assertThat(Presence.payload(true, Timestamp.ofMillis(1745534869619L)).toUtf8())
        .isEqualTo("{\"timestamp\":1745534869619,\"body\":{\"online\":true}}");
    assertThat(Presence.payload(false, Timestamp.ofMillis(1)).toUtf8())
        .isEqualTo("{\"timestamp\":1,\"body\":{\"online\":false}}");
    assertThat(Presence.topic("gf_int_v1", "2D_XX_0_9999"))
        .isEqualTo("gf_int_v1/rpc/system/2D_XX_0_9999/presence");
    assertThat(Presence.filter("gf_int_v1")).isEqualTo("gf_int_v1/rpc/system/+/presence");
  }

  @Test
  void whatIsSaidIsRead() {
    assertThat(Presence.read("dev", Presence.payload(true, Timestamp.ofMillis(7))))
        .isEqualTo(new Presence("dev", true, 7L));
    assertThat(read("{\"timestamp\":\"noon\",\"body\":{\"online\":false,\"more\":1},\"x\":2}"))
        .isEqualTo(new Presence("dev", false, null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "true",
        "{}",
        "{\"body\":{\"online\":true}}",
        "{\"timestamp\":1,\"body\":true}",
        "{\"timestamp\":1,\"body\":{\"online\":\"true\"}}",
        "{\"timestamp\":1,\"body\":{\"online\":null}}",
        "{\"timestamp\":1,\"body\":{\"online\":true},\"header\":null}"
      })
  void whatSaysNothingIsRefused(String payload) {
    assertThatThrownBy(() -> read(payload)).isInstanceOf(PayloadViolation.class);
  }

  @Test
  void whatIsTooLargeIsRefused() {
    String large = "{\"timestamp\":1,\"body\":{\"online\":true,\"x\":\"%s\"}}";
    assertThatThrownBy(() -> read(large.formatted("x".repeat(4096))))
        .isInstanceOf(PayloadViolation.class);
  }

  @Test
  void onlyTopicsOfPresenceHaveATag() {
    assertThat(Presence.tag("gf_int_v1/rpc/system/dev/presence")).isEqualTo("dev");
    assertThat(Presence.tag("gf_int_v1/rpc/event/dev/presence")).isNull();
    assertThat(Presence.tag("gf_int_v1/axuv/system/dev/presence")).isNull();
    assertThat(Presence.tag("gf_int_v1/rpc/system/dev/absence")).isNull();
    assertThat(Presence.tag("gf_int_v1/rpc/system/dev")).isNull();
  }

  private static Presence read(String payload) {
    return Presence.read("dev", Bytes.utf8(payload));
  }
}
