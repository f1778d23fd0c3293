package io.culvert.runtime.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginCheckTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"localhost:8083", "127.0.0.1:8083", "[::1]:8083", "localhost", "127.9.9.9"})
  void loopbackTakesItsOwnPages(String host) {
    assertThat(OriginCheck.LOOPBACK.allows("http://" + host, host)).isTrue();
    assertThat(OriginCheck.LOOPBACK.allows(null, host)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "http://localhost:8080, localhost:8083",
    "http://evil.example:8083, evil.example:8083",
    "http://127.0.0.1.evil.example, 127.0.0.1.evil.example",
    "null, localhost:8083",
    "http://, localhost",
    "':::', localhost",
    "http://localhost, "
  })
  void loopbackRefusesOtherPagesAndForeignNames(String origin, String host) {
    assertThat(OriginCheck.LOOPBACK.allows(origin, host)).isFalse();
  }

  @Test
  void sameOriginLooksAtHostAndPort() {
    assertThat(OriginCheck.SAME_ORIGIN.allows("https://A.example", "a.example")).isTrue();
    assertThat(OriginCheck.SAME_ORIGIN.allows("https://a.example:1", "a.example:2")).isFalse();
  }

  @Test
  void namedOriginsAreTakenAndNoOther() {
    OriginCheck check = OriginCheck.of(Set.of("https://a.example"));
    assertThat(check.allows("https://a.example", "b.example")).isTrue();
    assertThat(check.allows("https://b.example", "b.example")).isFalse();
    assertThat(check.allows(null, "b.example")).isTrue();
    assertThat(OriginCheck.ANY.allows("https://b.example", "c.example")).isTrue();
  }
}
