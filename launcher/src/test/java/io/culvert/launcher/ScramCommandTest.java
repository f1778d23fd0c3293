package io.culvert.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.auth.ScramCredential;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code culvert scram}: where the password comes from, and what becomes of it. */
class ScramCommandTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"pencil", "pencil\n", "pencil\r\n", "pencil\nmore"})
  void passwordIsTheFirstLineOfStandardInput(String input) throws Exception {
    Session session = new Session(folder).input(input);
    assertThat(session.execute("scram", "ann", "--iterations", "4096")).isZero();
    assertThat(session.out()).startsWith("ann:SCRAM-SHA-256$4096:").hasLineCount(1);
    assertThat(session.err()).isEqualTo("password of ann: \n");
    assertIsOf("pencil", session.out().strip().substring("ann:".length()));
  }

  @Test
  void whoSitsThereIsAskedTwice() throws Exception {
    Session session = new Session(folder).answers("pencil", "pencil");
    assertThat(session.execute("scram", "ann")).isZero();
    assertThat(session.out()).startsWith("ann:SCRAM-SHA-256$32768:").doesNotContain("pencil");
    assertThat(session.err()).isEmpty();

    Session typo = new Session(folder).answers("pencil", "pencli");
    assertThat(typo.execute("scram", "ann")).isEqualTo(ExitCode.USAGE);
    assertThat(typo.err()).startsWith("culvert: these are two different passwords");

    Session gone = new Session(folder).answers();
    assertThat(gone.execute("scram", "ann")).isEqualTo(ExitCode.USAGE);
    assertThat(gone.err()).startsWith("culvert: no password was given");
  }

  @Test
  void eachLineHasItsOwnSalt() throws Exception {
    Session one = new Session(folder).input("pencil");
    Session two = new Session(folder).input("pencil");
    one.execute("scram", "ann", "--iterations", "4096");
    two.execute("scram", "ann", "--iterations", "4096");
    assertThat(one.out()).isNotEqualTo(two.out());
  }

  @Test
  void lineIsWhatTheBrokerReads() throws Exception {
    Session print = new Session(folder).input("pencil");
    print.execute("scram", "a: b\u2168", "--iterations", "4096");
    assertThat(print.out()).startsWith("a: bIX:SCRAM");
    Path file = folder.resolve("users.scram");
    Files.writeString(file, "# users\n\n" + print.out());
    Session check = new Session(folder);
    assertThat(check.execute("config", "check", "--set", "auth.scram-file=" + file)).isZero();

    Files.writeString(file, print.out() + print.out());
    Session twice = new Session(folder);
    assertThat(twice.execute("run", "--set", "auth.scram-file=" + file)).isEqualTo(ExitCode.USAGE);
    assertThat(twice.err()).contains(file + ":2: auth.scram-file: user a: bIX has a line already");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          scram                          | Missing required parameter: 'USER'
          scram ann pencil               | unexpected word pencil
          scram ann --iterations 4095    | --iterations must be 4096 to 1000000, not 4095
          scram ann --iterations 1000001 | --iterations must be 4096 to 1000000, not 1000001
          scram #ann                     | the user name begins with #
          """)
  void wrongArgumentsAreExplained(String arguments, String text) throws Exception {
    Session session = new Session(folder).input("pencil");
    assertThat(session.execute(arguments.split(" "))).isEqualTo(ExitCode.USAGE);
    assertThat(session.err()).startsWith("culvert: " + text);
    assertThat(session.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "'', the password is empty",
    "'\n', the password is empty",
    "'qzx\ty', the password has the character U+0009"
  })
  void wrongPasswordsAreRefusedWithoutShowingThem(String input, String text) throws Exception {
    Session session = new Session(folder).input(input);
    assertThat(session.execute("scram", "ann")).isEqualTo(ExitCode.USAGE);
    assertThat(session.err()).contains("culvert: " + text).doesNotContain("qzx");
    assertThat(session.out()).isEmpty();
  }

  @Test
  void helpTellsHowItIsUsed() throws Exception {
    Session session = new Session(folder);
    assertThat(session.execute("scram", "--help")).isZero();
    assertThat(session.out()).contains("USER", "--iterations", "auth.scram-file", ">> users.scram");
  }

  private static void assertIsOf(String password, String line) {
    ScramCredential credential = ScramCredential.parse(line);
    Bytes salt = credential.salt();
    assertThat(salt.length()).isEqualTo(16);
    assertThat(ScramCredential.derive(password, salt, credential.iterations()))
        .isEqualTo(credential);
  }
}
