package io.culvert.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.broker.auth.PasswordUsers;
import io.culvert.broker.config.PasswordFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code culvert passwd}: what becomes of the file, and of everything else in it. */
class PasswdCommandTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("passwords");
  }

  @Test
  void userIsAddedCheckedChangedAndDeleted() throws Exception {
    assertThat(run("pencil\n", "add", "ann")).isEqualTo("added ann");
    assertThat(run("paper\n", "add", "bob")).isEqualTo("added bob");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(isRight("ann", "pencil")).isTrue();
    assertThat(run("pencil", "check", "ann")).isEqualTo("right");
    assertThat(run("paper", "check", "ann")).isEqualTo("wrong");
    assertThat(run("pencil", "check", "nobody")).isEqualTo("wrong");

    assertThat(run("pen\n", "add", "ann")).isEqualTo("changed ann");
    assertThat(isRight("ann", "pencil")).isFalse();
    assertThat(isRight("ann", "pen")).isTrue();
    assertThat(isRight("bob", "paper")).isTrue();

    assertThat(run("", "delete", "ann")).isEqualTo("deleted ann");
    assertThat(Files.readAllLines(file)).hasSize(1).first().asString().startsWith("bob:$7$20000$");
  }

  @Test
  void otherLinesStayAsTheyAre() throws Exception {
    run("pencil", "add", "ann", "--iterations", "10");
    String ann = Files.readString(file).strip();
    Files.writeString(file, "# ours\n\n" + ann + "\n# end\n");
    run("paper", "add", "bob", "--iterations", "10");
    assertThat(Files.readAllLines(file)).startsWith("# ours", "", ann, "# end").hasSize(5);
    run("", "delete", "bob");
    assertThat(Files.readAllLines(file)).containsExactly("# ours", "", ann, "# end");
    assertThat(folder).isDirectoryNotContaining("glob:**.new");
  }

  @Test
  void fileThatIsMalformedIsLeftAlone() throws Exception {
    Files.writeString(file, "# ours\nann:pencil\n");
    for (String command : new String[] {"add", "delete", "check"}) {
      Session session = new Session(folder).input("paper");
      assertThat(session.execute("passwd", command, file.toString(), "ann"))
          .isEqualTo(ExitCode.USAGE);
      assertThat(session.err()).contains(file + ":2: ").doesNotContain("pencil");
    }
    assertThat(Files.readString(file)).isEqualTo("# ours\nann:pencil\n");
  }

  @Test
  void whoIsNotThereCannotBeDeleted() throws Exception {
    run("pencil", "add", "ann", "--iterations", "10");
    Session session = new Session(folder);
    assertThat(session.execute("passwd", "delete", "passwords", "bob")).isEqualTo(ExitCode.FAILURE);
    assertThat(session.err()).startsWith("culvert: there is no user bob in ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          passwd add                              | Missing required parameter
          passwd add passwords a:b                | the user name begins with # or contains a colon
          passwd add passwords #b                 | the user name begins with # or contains a colon
          passwd add passwords ann --iterations 0 | --iterations must be 1 to 2000000, not 0
          passwd add passwords ann                | the password is empty
          passwd check passwords ann              | passwords: auth.password-file: there is no such
          passwd delete passwords ann             | passwords cannot be read: there is no such file
          """)
  void wrongArgumentsAreExplained(String arguments, String text) throws Exception {
    Session session = new Session(folder);
    assertThat(session.execute(arguments.split(" "))).isNotZero();
    assertThat(session.err()).contains(text);
    assertThat(session.out()).isEmpty();
    assertThat(folder).isEmptyDirectory();
  }

  private String run(String input, String command, String user, String... options)
      throws Exception {
    List<String> words = new ArrayList<>();
    words.add("passwd");
    words.add(command);
    words.add("passwords");
    words.add(user);
    words.addAll(List.of(options));
    Session session = new Session(folder).input(input);
    session.execute(words.toArray(String[]::new));
    return session.out().strip();
  }

  private boolean isRight(String user, String password) {
    PasswordUsers users = PasswordFile.read(file.toString(), new ArrayList<>());
    return users.check(user, password.getBytes(StandardCharsets.UTF_8));
  }
}
