package io.culvert.broker.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.auth.ScramCredential;
import io.culvert.mqtt.auth.ScramUsers;
import io.culvert.runtime.config.Problem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The file of users: what is read from it, and that everything doubtful stops the start. */
class ScramFileTest {
  private static final ScramCredential CREDENTIAL =
      ScramCredential.derive("pencil", Bytes.wrap(new byte[16]), 4096);

  @TempDir Path folder;
  private final List<Problem> problems = new ArrayList<>();

  @Test
  void usersAreRead() throws Exception {
    String text =
        "# users\n\n" + line("ann") + "\r\n" + line("b: o b") + "  \n" + line("Ж") + "\n# end";
    ScramUsers users = read(text.getBytes(StandardCharsets.UTF_8));
    assertThat(problems).isEmpty();
    assertThat(users).isNotNull();
    assertThat(users.size()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          ""                         |    | has no user
          "# only a comment"         |    | has no user
          "ann:pencil"               | :1 | is not of the form name:SCRAM-SHA-256$…
          "ann"                      | :1 | is not of the form name:SCRAM-SHA-256$…
          "ann:$7$101$abc$def"       | :1 | is not of the form name:SCRAM-SHA-256$…
          "{};ann:SCRAM-SHA-256$1"   | :2 | the credential of user ann: is not of the form
          "{};;{}"                   | :3 | user ann has a line already
          ":SCRAM-SHA-256$1"         | :1 | the user name is empty
          " #;x:{}"                  | :1 | is not of the form name:SCRAM-SHA-256$…
          "Ⅸ:SCRAM-SHA-256$1"        | :1 | the user name is not written in its simplest form: "IX"
          """)
  void everythingElseIsAMistake(String text, String place, String message) throws Exception {
    String content = text.replace("{}", line("ann")).replace(";", "\n");
    assertThat(read(content.getBytes(StandardCharsets.UTF_8))).isNull();
    Problem first = problems.get(0);
    assertThat(first.origin()).isEqualTo(file() + (place == null ? "" : place));
    assertThat(first.path()).isEqualTo("auth.scram-file");
    assertThat(first.message()).startsWith(message);
  }

  @Test
  void allMistakesAreToldWithoutSecrets() throws Exception {
    String bad = line("ann").substring(0, line("ann").length() - 1);
    read((bad + "\nbob:secret\n" + line("cid")).getBytes(StandardCharsets.UTF_8));
    assertThat(problems)
        .extracting(Problem::toString)
        .containsExactly(
            file() + ":1: auth.scram-file: the credential of user ann: the ServerKey is not Base64",
            file() + ":2: auth.scram-file: is not of the form name:SCRAM-SHA-256$…");
  }

  @Test
  void fileThatCannotBeReadIsAMistake() throws Exception {
    assertThat(ScramFile.read(folder.resolve("none").toString(), problems)).isNull();
    assertThat(ScramFile.read(folder.toString(), problems)).isNull();
    assertThat(ScramFile.read("", problems)).isNull();
    assertThat(ScramFile.read("a\0b", problems)).isNull();
    assertThat(read(new byte[] {'a', (byte) 0xff, ':'})).isNull();
    assertThat(problems)
        .extracting(Problem::message)
        .containsExactly(
            "there is no such file",
            "is not a file",
            "is not a file",
            "there is no such file",
            "is not UTF-8");
  }

  private ScramUsers read(byte[] content) throws Exception {
    Files.write(file(), content);
    return ScramFile.read(file().toString(), problems);
  }

  private Path file() {
    return folder.resolve("users.scram");
  }

  private static String line(String user) {
    return ScramFile.line(user, CREDENTIAL);
  }
}
