package io.culvert.broker.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.broker.auth.PasswordHash;
import io.culvert.broker.auth.PasswordUsers;
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

/** The password file: what is read from it, and that everything doubtful stops the start. */
class PasswordFileTest {
  private static final PasswordHash HASH =
      PasswordHash.of("pencil".getBytes(StandardCharsets.UTF_8), new byte[12], 10);

  @TempDir Path folder;
  private final List<Problem> problems = new ArrayList<>();

  @Test
  void usersAreRead() throws Exception {
    PasswordUsers users = read("# users\n\n" + line("ann") + "\r\n" + line("b o b") + "\n# end");
    assertThat(problems).isEmpty();
    for (String user : List.of("ann", "b o b")) {
      assertThat(users.check(user, "pencil".getBytes(StandardCharsets.UTF_8))).isTrue();
    }
    assertThat(users.toString()).isEqualTo("PasswordUsers[2]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          ""                   |    | has no user
          "# only a comment"   |    | has no user
          "ann:pencil"         | :1 | the password of user ann is not of the form $7$
          "ann"                | :1 | is not of the form name:$7$…
          ":{}"                | :1 | is not of the form name:$7$…
          "{};ann:$7$101$a$b"  | :2 | the password of user ann
          "{};;{}"             | :3 | user ann has a line already
          " x:$7$101$a$b"      | :1 | the user name has control characters, or spaces
          """)
  void everythingElseIsAMistake(String text, String place, String message) throws Exception {
    assertThat(read(text.replace("{}", line("ann")).replace(";", "\n"))).isNull();
    Problem first = problems.get(0);
    assertThat(first.origin()).isEqualTo(file() + (place == null ? "" : place));
    assertThat(first.path()).isEqualTo("auth.password-file");
    assertThat(first.message()).startsWith(message).doesNotContain("pencil");
  }

  @Test
  void fileThatCannotBeReadIsAMistake() {
    assertThat(PasswordFile.read(folder.resolve("none").toString(), problems)).isNull();
    assertThat(PasswordFile.read(folder.toString(), problems)).isNull();
    assertThat(problems)
        .extracting(Problem::message)
        .containsExactly("there is no such file", "is not a file");
  }

  private PasswordUsers read(String text) throws Exception {
    Files.writeString(file(), text);
    return PasswordFile.read(file().toString(), problems);
  }

  private Path file() {
    return folder.resolve("passwords");
  }

  private static String line(String user) {
    return PasswordFile.line(user, HASH);
  }
}
