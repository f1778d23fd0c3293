package io.culvert.mqtt.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.culvert.engine.Bytes;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScramCredentialTest {
  private static final Bytes SALT = Bytes.hex("5b6d99689d12358eeca04b141236fa81");

  /** The password of RFC 7677 §3. */
  private static final ScramCredential CREDENTIAL = ScramCredential.derive("pencil", SALT, 4096);

  private static final String KEY = "A".repeat(43) + "=";

  @Test
  void lineIsReadAsItIsPrinted() {
    String line = CREDENTIAL.print();
    assertThat(line)
        .matches("SCRAM-SHA-256\\$4096:W22ZaJ0SNY7soEsUEjb6gQ==\\$[\\w+/]{43}=:[\\w+/]{43}=");
    assertThat(ScramCredential.parse(line)).isEqualTo(CREDENTIAL);
  }

  @Test
  void keysAreThoseOfTheRfc() {
    byte[] salted = Sha256.derive("pencil", SALT.toByteArray(), 4096);
    assertThat(Bytes.wrap(salted).toHex())
        .isEqualTo("c4a49510323ab4f952cac1fa99441939e78ea74d6be81ddf7096e87513dc615d");
    assertThat(CREDENTIAL.storedKey())
        .isEqualTo(Bytes.wrap(Sha256.hash(Sha256.hmac(salted, "Client Key"))));
  }

  @Test
  void textShowsNoSecret() {
    assertThat(CREDENTIAL.toString()).isEqualTo("ScramCredential[4096 iterations]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "secret",
        "SCRAM-SHA-1$4096:W22ZaJ0SNY7soEsUEjb6gQ==$K:K",
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==",
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$K",
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$K:K:K",
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$K:K$",
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$AAAA:K",
        "SCRAM-SHA-256$4095:W22ZaJ0SNY7soEsUEjb6gQ==$K:K",
        "SCRAM-SHA-256$1000001:W22ZaJ0SNY7soEsUEjb6gQ==$K:K",
        "SCRAM-SHA-256$many:W22ZaJ0SNY7soEsUEjb6gQ==$K:K",
        "SCRAM-SHA-256$+4096:W22ZaJ0SNY7soEsUEjb6gQ==$K:K",
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ$K:K",
        "SCRAM-SHA-256$4096:AAAA$K:K",
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$K:K "
      })
  void otherTextsAreRefusedWithoutRepeatingThem(String text) {
    String line = text.replaceAll("\\bK\\b", KEY);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ScramCredential.parse(line))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("W22Z", "secret", "AAAA"));
  }

  @Test
  void goodFormOfThoseIsGood() {
    String line = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$" + KEY + ":" + KEY;
    assertThat(ScramCredential.parse(line).iterations()).isEqualTo(4096);
  }

  @Test
  void badPasswordsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ScramCredential.derive("", SALT, 4096))
        .withMessage("the password is empty");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ScramCredential.derive("tab\there", SALT, 4096))
        .withMessage("the password has the character U+0009");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ScramCredential.derive("x".repeat(1025), SALT, 4096));
  }

  @Test
  void usersNeedPreparedNames() {
    assertThatIllegalArgumentException().isThrownBy(() -> ScramUsers.of(Map.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ScramUsers.of(Map.of("\u2168", CREDENTIAL)));
  }

  @Test
  void inventedCredentialsStayTheSameForTheSameUsers() {
    ScramUsers users = ScramUsers.of(Map.of("user", CREDENTIAL));
    ScramUsers again = ScramUsers.of(Map.of("user", ScramCredential.parse(CREDENTIAL.print())));
    ScramUsers others = ScramUsers.of(Map.of("user", ScramCredential.derive("other", SALT, 4096)));
    assertThat(users.knows("nobody")).isFalse();
    assertThat(users.find("nobody")).isEqualTo(again.find("nobody"));
    assertThat(users.find("nobody").salt()).isNotEqualTo(others.find("nobody").salt());
    assertThat(users.find("nobody").salt()).isNotEqualTo(users.find("nobody2").salt());
    assertThat(users.find("user")).isEqualTo(CREDENTIAL);
  }

  @Test
  void inventedCredentialsHaveTheFormOfRealOnes() {
    ScramCredential longer =
        ScramCredential.derive("pencil", Bytes.wrap(new byte[ScramCredential.LONGEST_SALT]), 5000);
    ScramUsers users = ScramUsers.of(Map.of("user", CREDENTIAL, "other", longer));
    int[] forms = new int[2];
    for (int i = 0; i < 100; i++) {
      ScramCredential invented = users.find("nobody" + i);
      boolean isLong = invented.iterations() == 5000;
      assertThat(invented.iterations()).isIn(4096, 5000);
      assertThat(invented.salt().length()).isEqualTo(isLong ? 64 : 16);
      forms[isLong ? 1 : 0]++;
    }
    assertThat(forms[0]).isBetween(20, 80);
  }
}
