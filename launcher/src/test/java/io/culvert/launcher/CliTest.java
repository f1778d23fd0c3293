package io.culvert.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Arguments, help and configuration commands: what is printed where, and the exit code. */
class CliTest {
  @TempDir Path folder;
  private Session session;

  @BeforeEach
  void open() {
    session = new Session(folder);
  }

  @Test
  void helpSaysWhatToTypeFirst() throws Exception {
    assertThat(session.execute("--help")).isZero();
    assertThat(session.out().lines().limit(3))
        .containsExactly(
            "Culvert, an MQTT broker. Type:",
            "",
            "  culvert run                 start it: mqtt://127.0.0.1:1883 and"
                + " ws://127.0.0.1:8083/mqtt");
    assertThat(session.err()).isEmpty();
  }

  @Test
  void helpSaysWhatSignalsEndWith() throws Exception {
    assertThat(session.execute("--help")).isZero();
    assertThat(session.out()).contains("ends with 0 on SIGINT", "with 130 and", "143.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"version", "--version"})
  void theVersionIsACommandAndAnOption(String argument) throws Exception {
    assertThat(session.execute(argument)).isZero();
    assertThat(session.out()).startsWith("culvert ").contains("Vert.x 5");
    assertThat(session.err()).isEmpty();
  }

  @Test
  void withoutACommandTheHelpGoesToStderr() throws Exception {
    assertThat(session.execute()).isEqualTo(ExitCode.USAGE);
    assertThat(session.err()).startsWith("Culvert, an MQTT broker. Type:");
    assertThat(session.out()).isEmpty();
  }

  @Test
  void configWithoutACommandListsThem() throws Exception {
    assertThat(session.execute("config")).isEqualTo(ExitCode.USAGE);
    assertThat(session.err()).contains("check", "print");
  }

  @Test
  void helpOfRunNamesEveryOption() throws Exception {
    assertThat(session.execute("run", "--help")).isZero();
    assertThat(session.out())
        .contains("ready mqtt://127.0.0.1:1883 ws://127.0.0.1:8083/mqtt")
        .contains("--bind", "--port", "--ws-port", "--data", "--config", "--set", "--ephemeral")
        .contains("--cluster")
        .doesNotContain("--http-port");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          run --prot 1      | culvert: unknown option --prot; did you mean --port?
          rnu               | culvert: unexpected word rnu; did you mean run?
          run hello         | culvert: unexpected word hello
          run --port        | culvert: Missing required parameter for option '--port' (PORT)
          run --port 1 --port 2 | culvert: option '--port' (PORT) should be specified only once
          """)
  void wrongArgumentsAreExplained(String arguments, String text) throws Exception {
    assertThat(session.execute(arguments.split(" "))).isEqualTo(ExitCode.USAGE);
    assertThat(session.err()).startsWith(text).contains("--help lists what there is");
    assertThat(session.err()).doesNotContain("Exception", "\tat ");
    assertThat(session.out()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http-port 8080", "--roles mqtt"})
  void optionsOfPartsThatDoNotExistYetSaySo(String option) throws Exception {
    assertThat(session.execute(("run " + option).split(" "))).isEqualTo(ExitCode.USAGE);
    assertThat(session.err())
        .startsWith("culvert: " + option.split(" ")[0] + ": ")
        .contains("is not part of this version");
  }

  @Test
  void allConfigurationErrorsAreToldTogether() throws Exception {
    Files.writeString(folder.resolve("culvert.yaml"), "mqtt:\n  prot: 1\n");
    session.variables.put("CULVERT_LIMITS_SESSIONS", "none");
    assertThat(session.execute("run", "--port", "x", "--set", "a.b=1")).isEqualTo(ExitCode.USAGE);
    assertThat(session.err())
        .isEqualTo(
            """
            culvert: the configuration cannot be used:
              %s:2: mqtt.prot: unknown key; did you mean mqtt.port?
              CULVERT_LIMITS_SESSIONS: limits.sessions: "none" is not a whole number
              --set: a.b: unknown key; known at the top are mqtt, auth, limits, store, event-loops, cluster, metrics, rpc, tcp, logging
              --port: mqtt.port: "x" is not a port number
              culvert config print --help tells where settings come from
            """
                .formatted(folder.resolve("culvert.yaml")));
  }

  @Test
  void aNamedFileReplacesTheUsualOne() throws Exception {
    Files.writeString(folder.resolve("culvert.yaml"), "mqtt: {port: 1}");
    Files.writeString(folder.resolve("other.json"), "{\"mqtt\": {\"bind\": \"127.0.0.2\"}}");
    assertThat(session.execute("config", "print", "--config", "other.json")).isZero();
    assertThat(session.out())
        .contains("bind: 127.0.0.2 # " + folder.resolve("other.json") + ":1\n", "port: 1883\n");
  }

  @Test
  void aMissingFileIsAnError() throws Exception {
    assertThat(session.execute("run", "--config", "nowhere.yaml")).isEqualTo(ExitCode.USAGE);
    assertThat(session.err()).contains("nowhere.yaml: there is no such file");
  }

  @Test
  void aFolderIsNoFile() throws Exception {
    Files.createDirectory(folder.resolve("folder.yaml"));
    assertThat(session.execute("config", "check", "--config", "folder.yaml"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(session.err()).contains("folder.yaml: cannot be read: ").doesNotContain("Exception");
  }

  @Test
  void thePrintedConfigurationIsReadAgain() throws Exception {
    String listeners = "mqtt.listeners=[{type: websocket, origins: ['*']}, {port: 0}]";
    assertThat(session.execute("config", "print", "--set", listeners)).isZero();
    assertThat(session.out()).doesNotContain("websocket-port");

    Session again = new Session(folder).input(session.out());
    assertThat(again.execute("config", "check", "--config", "-")).isZero();
    assertThat(again.out()).isEqualTo("the configuration is good\n");
    assertThat(again.err()).isEmpty();
  }

  @Test
  void versionIsOneLine() throws Exception {
    assertThat(session.execute("version")).isZero();
    assertThat(session.out()).matches("culvert \\S+ \\(Vert\\.x 5\\S+, Java \\d\\S*, .+\\)\n");
  }
}
