package io.culvert.broker.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hashes as Mosquitto 2.0 makes them, and as we do. */
class PasswordHashTest {
  /** By mosquitto_passwd 2.0.11. */
  private static final String PENCIL =
      "$7$101$F23RhKmDjf4xSchX$jqaZEJBg0rZF7lCLaBdYSeaJQYJZMtYUnM/xfo9INNbpsEZlwBQ0OrubbP2i7RS0"
          + "cQru9ViA6TiYgDunJLHqyQ==";

  private static final String WITH_SIGNS =
      "$7$101$+JQcpTsc1CVjcsbM$CmLP9DdaoP9aV7uuDBSkbuilwKZXyk14Ck2VYJ3xRqibsGSADUk6jc5ZkgXINjsF"
          + "F1mMpO3ZT/0RdjlePES4/w==";

  @Test
  void mosquittosHashesAreUnderstood() {
    assertThat(PasswordHash.parse(PENCIL).matches(bytes("pencil"))).isTrue();
    assertThat(PasswordHash.parse(PENCIL).matches(bytes("pencil "))).isFalse();
    assertThat(PasswordHash.parse(PENCIL).matches(bytes(""))).isFalse();
    assertThat(PasswordHash.parse(WITH_SIGNS).matches(bytes("pä$s:w"))).isTrue();
    assertThat(PasswordHash.parse(PENCIL).print()).isEqualTo(PENCIL);
  }

  @Test
  void olderHashIsUnderstood() throws Exception {
    byte[] salt = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    MessageDigest digest = MessageDigest.getInstance("SHA-512");
    digest.update(bytes("pencil"));
    Base64.Encoder base64 = Base64.getEncoder();
    String text =
        "$6$" + base64.encodeToString(salt) + "$" + base64.encodeToString(digest.digest(salt));
    PasswordHash hash = PasswordHash.parse(text);
    assertThat(hash.matches(bytes("pencil"))).isTrue();
    assertThat(hash.matches(bytes("pencil2"))).isFalse();
    assertThat(hash.print()).isEqualTo(text);
  }

  @Test
  void newHashIsReadAgain() {
    PasswordHash made = PasswordHash.of(new byte[] {(byte) 0xff, 0}, new byte[16], 3);
    PasswordHash read = PasswordHash.parse(made.print());
    assertThat(read.matches(new byte[] {(byte) 0xff, 0})).isTrue();
    assertThat(read.matches(new byte[] {(byte) 0xfe, 0})).isFalse();
    assertThat(made.toString()).isEqualTo("PasswordHash[3]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      textBlock =
          """
          pencil
          $7$101$F23RhKmDjf4xSchX
          $7$0$F23RhKmDjf4xSchX$AAAA
          $7$2000001$F23RhKmDjf4xSchX$AAAA
          $7$99999999999$F23RhKmDjf4xSchX$AAAA
          $7$-1$F23RhKmDjf4xSchX$AAAA
          $7$101$$AAAA
          $7$101$F23*$AAAA
          $7$101$F23RhKmDjf4xSchX$AAAA
          $5$F23RhKmDjf4xSchX$AAAA
          $6$F23RhKmDjf4xSchX$AAAA
          $6$101$F23RhKmDjf4xSchX$AAAA
          """)
  void everythingElseIsRefusedWithoutShowingIt(String text) {
    assertThatThrownBy(() -> PasswordHash.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining(text);
  }

  @Test
  void passwordThatWasRightIsKnownFromThenOn() {
    PasswordUsers users = PasswordUsers.of(Map.of("ann", PasswordHash.parse(PENCIL)));
    assertThat(users.isKnown("ann", bytes("pencil"))).isFalse();
    assertThat(users.check("ann", bytes("wrong"))).isFalse();
    assertThat(users.isKnown("ann", bytes("wrong"))).isFalse();
    assertThat(users.check("bob", bytes("pencil"))).isFalse();
    assertThat(users.check("ann", bytes("pencil"))).isTrue();
    assertThat(users.isKnown("ann", bytes("pencil"))).isTrue();
    assertThat(users.isKnown("ann", bytes("wrong"))).isFalse();
    assertThat(users.isKnown("bob", bytes("pencil"))).isFalse();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
