package io.culvert.conformance.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.testkit.Programs;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** User names and passwords as operators and users know them from Mosquitto. */
class LoginIT {
  private static final int LIMIT_SECONDS = 60;

  /** What mosquitto_pub ends with: the code of CONNACK. */
  private static final int BAD_USER_NAME_OR_PASSWORD_3 = 4;

  private static final int NOT_AUTHORIZED_3 = 5;
  private static final int BAD_USER_NAME_OR_PASSWORD_5 = 0x86;
  private static final int NOT_AUTHORIZED_5 = 0x87;

  @TempDir Path folder;

  @BeforeEach
  void requirePrograms() {
    Programs.require("mosquitto_pub");
    Programs.require("mosquitto_passwd");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void passwordFileOfEitherProgramKeepsStrangersOut(boolean mosquittos) throws Exception {
    if (mosquittos) {
      Programs.run(
          folder, LIMIT_SECONDS, "mosquitto_passwd", "-c", "-b", "passwords", "ann", "pencil");
    } else {
      try (JarProcess passwd = JarProcess.culvert(folder, "passwd", "add", "passwords", "ann")) {
        assertThat(passwd.input("pencil\n").exitCode()).isZero();
      }
    }
    try (JarProcess culvert = run("--ephemeral", "--set", "auth.password-file=passwords")) {
      int port = port(culvert);
      for (String version : List.of("mqttv31", "mqttv311", "mqttv5")) {
        boolean isNew = version.equals("mqttv5");
        int wrong = isNew ? BAD_USER_NAME_OR_PASSWORD_5 : BAD_USER_NAME_OR_PASSWORD_3;
        assertThat(pub(port, version, "-u", "ann", "-P", "pencil")).isZero();
        assertThat(pub(port, version, "-u", "ann", "-P", "pen")).isEqualTo(wrong);
        assertThat(pub(port, version, "-u", "bob", "-P", "pencil")).isEqualTo(wrong);
        assertThat(pub(port, version)).isEqualTo(isNew ? NOT_AUTHORIZED_5 : NOT_AUTHORIZED_3);
      }
      assertThat(culvert.signal("TERM")).isZero();
      assertThat(culvert.err())
          .containsPattern(" from 127\\.0\\.0\\.1:\\d+ is refused: .*, wrong credentials")
          .doesNotContain("pencil", "ERROR");
    }
  }

  @Test
  void userWhoIsMadeAtTheFirstStartCanLogInAndNobodyElse() throws Exception {
    try (JarProcess culvert = run("--bind", "0.0.0.0", "--data", "data")) {
      int port = port(culvert);
      String password = culvert.lineWith("  password ").strip().split(" +")[1];
      assertThat(pub(port, "mqttv5", "-u", "culvert", "-P", password)).isZero();
      assertThat(pub(port, "mqttv5")).isEqualTo(NOT_AUTHORIZED_5);
      assertThat(culvert.signal("TERM")).isZero();
    }
    try (JarProcess again = run("--bind", "0.0.0.0", "--data", "data")) {
      port(again);
      assertThat(again.signal("TERM")).isZero();
      assertThat(again.err()).doesNotContain("password ");
    }
  }

  @Test
  void fileThatIsMalformedStopsTheStart() throws Exception {
    Files.writeString(folder.resolve("passwords"), "# users\nann:pencil\n");
    try (JarProcess culvert = run("--ephemeral", "--set", "auth.password-file=passwords")) {
      assertThat(culvert.exitCode()).isEqualTo(2);
      assertThat(culvert.err())
          .contains("passwords:2: auth.password-file: the password of user ann")
          .doesNotContain("pencil");
    }
  }

  private JarProcess run(String... options) throws Exception {
    List<String> words = new ArrayList<>(List.of("run", "--port", "0", "--ws-port", "0"));
    words.addAll(List.of(options));
    return JarProcess.culvert(folder, words.toArray(String[]::new));
  }

  private static int port(JarProcess culvert) throws Exception {
    return URI.create(culvert.firstLine().split(" ")[1]).getPort();
  }

  private int pub(int port, String version, String... credentials) throws Exception {
    List<String> all = new ArrayList<>(List.of("-p", "" + port, "-V", version, "-t", "t"));
    all.addAll(List.of(credentials));
    return MosquittoClient.publish(folder, all.toArray(String[]::new)).exitCode();
  }
}
