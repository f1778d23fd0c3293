package io.culvert.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.testkit.SelfSigned;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is wrong with files and services is told by the check, and by the start in the same words.
 */
class ConfigCheckTest {
  @TempDir static Path folder;

  @BeforeAll
  static void writeFiles() throws Exception {
    SelfSigned own = SelfSigned.write(folder, "server", "localhost");
    SelfSigned.write(folder, "other", "other");
    Files.writeString(folder.resolve("empty"), "");
    Files.writeString(folder.resolve("cut.pem"), half(own.certificate()));
    Files.writeString(folder.resolve("cut.key"), half(own.key()));
    Files.writeString(
        folder.resolve("locked.key"),
        Files.readString(own.key()).replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"));
    Files.writeString(
        folder.resolve("damaged.key"), Files.readString(own.key()).replaceFirst("M", "A"));
    Files.writeString(folder.resolve("short-secret"), "short\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          empty      | server.key  | empty: mqtt.listeners[0].certificate: has no certificate in PEM
          server.key | server.key  | server.key: mqtt.listeners[0].certificate: has no certificate
          cut.pem    | server.key  | cut.pem: mqtt.listeners[0].certificate: has a certificate that
          server.pem | empty       | empty: mqtt.listeners[0].key: has no key in PEM
          server.pem | server.pem  | server.pem: mqtt.listeners[0].key: has no key in PEM
          server.pem | cut.key     | cut.key: mqtt.listeners[0].key: has a key that is cut
          server.pem | locked.key  | locked.key: mqtt.listeners[0].key: has a key with a passphrase
          server.pem | damaged.key | damaged.key: mqtt.listeners[0].key: has a key that is damaged
          server.pem | other.key   | other.key: mqtt.listeners[0].key: the key is not that of the
          """)
  void fileOfTlsThatIsOfNoUseIsNamed(String certificate, String key, String message)
      throws Exception {
    String listener =
        "mqtt.listeners=[{port: 0, certificate: '%s', key: '%s'}]"
            .formatted(folder.resolve(certificate), folder.resolve(key));
    assertRefused(folder + "/" + message, "--set", listener);
  }

  @Test
  void authorityOfClientsThatIsNoneIsNamed() throws Exception {
    String listener =
        "mqtt.listeners=[{port: 0, certificate: %1$s.pem, key: %1$s.key, client-authority: %2$s,"
            + " client-certificates: required}]";
    assertRefused(
        "empty: mqtt.listeners[0].client-authority: has no certificate in PEM",
        "--set",
        listener.formatted(folder.resolve("server"), folder.resolve("empty")));
  }

  @Test
  void servicesAreCheckedToo() throws Exception {
    String secret = "tcp.secret-file=" + folder.resolve("short-secret");
    assertRefused(
        "short-secret:1: tcp.secret-file: the secret in it is too short",
        with("--tcp-port", "0", "--set", secret));
    assertRefused(
        "other.key: tcp.key: the key is not that of the certificate",
        with(
            "--tcp-port",
            "0",
            "--set",
            "tcp.anonymous=true",
            "--set",
            "tcp.certificate=" + folder.resolve("server.pem"),
            "--set",
            "tcp.key=" + folder.resolve("other.key")));
    assertRefused("rpc.broker: foo://x: the scheme is mqtt", with("--set", "rpc.broker=foo://x"));
  }

  /** And any ports for the listeners. */
  private static String[] with(String... options) {
    List<String> all = new ArrayList<>(List.of("--port", "0", "--ws-port", "0"));
    all.addAll(List.of(options));
    return all.toArray(String[]::new);
  }

  @Test
  void secretThatWillBeMadeIsNotMissed() throws Exception {
    Session session = new Session(folder);
    assertThat(session.execute("config", "check", "--tcp-port", "0")).isZero();
    assertThat(session.out()).isEqualTo("the configuration is good\n");
  }

  private static void assertRefused(String message, String... options) throws Exception {
    for (String command : new String[] {"config check", "run --ephemeral"}) {
      List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
      arguments.addAll(List.of(options));
      Session session = new Session(folder);
      assertThat(session.execute(arguments.toArray(String[]::new)))
          .as(session.err())
          .isEqualTo(ExitCode.USAGE);
      assertThat(session.err())
          .startsWith("culvert: the configuration cannot be used:")
          .contains(message);
    }
  }

  private static String half(Path file) throws Exception {
    String text = Files.readString(file);
    return text.substring(0, text.length() / 2);
  }
}
