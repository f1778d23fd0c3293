package io.culvert.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.broker.auth.PasswordUsers;
import io.culvert.broker.config.PasswordFile;
import io.culvert.engine.testkit.FreePort;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Starting and ending, with a verticle that does nothing. */
class RunCommandTest {
  private static final String READY =
      "ready mqtt://127\\.0\\.0\\.1:[1-9]\\d+ ws://127\\.0\\.0\\.1:[1-9]\\d+/mqtt\n";

  @TempDir Path folder;
  private Session session;

  @BeforeEach
  void open() {
    session = new Session(folder);
  }

  @Test
  void oneLineSaysThatEverythingListens() throws Exception {
    session.start("run", "--port", "0", "--ws-port", "0", "--ephemeral");
    assertThat(session.ready()).matches(READY);
    assertThat(session.end()).isZero();
    assertThat(session.out()).hasLineCount(1);
    assertThat(session.err()).isEmpty();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void theVerticleGetsTheConfigurationAndSaysWhichPortsItGot() throws Exception {
    int fixed = FreePort.find();
    CompletableFuture<JsonObject> seen = new CompletableFuture<>();
    session
        .broker(
            () ->
                new Session.DummyBroker() {
                  @Override
                  public Future<?> start() {
                    seen.complete(config());
                    return super.start();
                  }
                })
        .start(
            "run --port 0 --ws-port %d --ephemeral --set limits.sessions=9"
                .formatted(fixed)
                .split(" "));
    String ready = session.ready();
    assertThat(session.end()).isZero();
    JsonObject config = seen.getNow(new JsonObject());
    assertThat(config.getJsonObject("limits").getInteger("sessions")).isEqualTo(9);
    JsonArray listeners = config.getJsonObject("mqtt").getJsonArray("listeners");
    assertThat(listeners.getJsonObject(0).getInteger("port")).isZero();
    assertThat(ready)
        .isEqualTo(
            "ready mqtt://127.0.0.1:%d ws://127.0.0.1:%d/mqtt\n",
            Session.DummyBroker.FREE_PORT, fixed);
  }

  @Test
  void theDataFolderIsForItsOwnerAndForOneProcess() throws Exception {
    session.start("run", "--port", "0", "--ws-port", "0", "--data", "data");
    assertThat(session.ready()).startsWith("ready ");
    Path data = folder.resolve("data");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
        .isEqualTo("rwx------");
    assertThat(data.resolve("lock")).hasContent(ProcessHandle.current().pid() + "\n");

    Session second = new Session(folder);
    assertThat(second.execute("run", "--port", "0", "--ws-port", "0", "--data", "data"))
        .isEqualTo(ExitCode.FAILURE);
    assertThat(second.err())
        .startsWith("culvert: the data folder " + data.toAbsolutePath() + " is in use by process ")
        .contains(String.valueOf(ProcessHandle.current().pid()), "--data OTHER");

    assertThat(session.end()).isZero();
    Session third = new Session(folder);
    third.start("run", "--port", "0", "--ws-port", "0", "--data", "data");
    assertThat(third.ready()).startsWith("ready ");
    assertThat(third.end()).isZero();
  }

  @Test
  void aDataFolderThatIsAFileIsRefused() throws Exception {
    Files.writeString(folder.resolve("file"), "");
    assertThat(session.execute("run", "--data", "file")).isEqualTo(ExitCode.FAILURE);
    assertThat(session.err()).contains("cannot be used: ", "is a file", "--data OTHER");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --port PORT                             | --port
          --port 0 --ws-port PORT                 | --ws-port
          --port 0 --ws-port 0 --metrics-port PORT| --metrics-port
          --port 0 --ws-port 0 --tcp-port PORT    | --tcp-port
          --set mqtt.listeners[0].port=PORT       | --set mqtt.listeners[0].port=
          """)
  void aPortInUseIsNamed(String arguments, String option) throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String port = String.valueOf(taken.getLocalPort());
      String run = "run --ephemeral " + arguments.replace("PORT", port);
      assertThat(session.execute(run.split(" "))).isEqualTo(ExitCode.FAILURE);
      String another = option.endsWith("=") ? option : option + " ";
      assertThat(session.err())
          .startsWith("culvert: port " + port + " on 127.0.0.1 is in use by another program")
          .contains("choose another port: " + another, another + "0 takes a free one");
      assertThat(session.out()).isEmpty();
    }
  }

  @Test
  void addressesComeInTheOrderOfTheConfiguration() throws Exception {
    int fixed = FreePort.find();
    Files.writeString(
        folder.resolve("culvert.yaml"),
        "mqtt: {listeners: [{port: 0}, {port: %d}]}".formatted(fixed));
    session.start("run", "--ephemeral");
    assertThat(session.ready())
        .isEqualTo(
            "ready mqtt://127.0.0.1:%d mqtt://127.0.0.1:%d\n"
                .formatted(Session.DummyBroker.FREE_PORT, fixed));
    assertThat(session.end()).isZero();
  }

  @Test
  void anAddressOfAnotherMachineIsRefused() throws Exception {
    assertThat(
            session.execute(
                "run", "--bind", "192.0.2.1", "--ephemeral", "--set", "auth.anonymous=true"))
        .isEqualTo(ExitCode.FAILURE);
    assertThat(session.err()).startsWith("culvert: 192.0.2.1 is not an address of this machine.");
  }

  @Test
  void firstUserIsMadeOnceWhereOthersCanConnect() throws Exception {
    String[] run = "run --bind 0.0.0.0 --port 0 --ws-port 0 --data data".split(" ");
    session.start(run);
    assertThat(session.ready()).startsWith("ready mqtt://0.0.0.0:");
    Path passwords = folder.resolve("data").resolve("passwords").toAbsolutePath();
    assertThat(session.err())
        .contains("other machines can reach mqtt://0.0.0.0, and", "user name  culvert")
        .contains("kept hashed in " + passwords);
    String password = session.err().replaceAll("(?s).*password   (\\w{20})\n.*", "$1");
    PasswordUsers users = PasswordFile.read(passwords.toString(), new ArrayList<>());
    assertThat(users.check("culvert", password.getBytes(StandardCharsets.UTF_8))).isTrue();
    assertThat(session.end()).isZero();

    String kept = Files.readString(passwords);
    Session again = new Session(folder).start(run);
    assertThat(again.ready()).startsWith("ready mqtt://0.0.0.0:");
    assertThat(again.err()).doesNotContain("password");
    assertThat(again.end()).isZero();
    assertThat(Files.readString(passwords)).isEqualTo(kept).doesNotContain(password);
  }

  @Test
  void nobodyCanBeMadeWhereNothingIsKept() throws Exception {
    assertThat(session.execute("run", "--bind", "0.0.0.0", "--port", "0", "--ephemeral"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(session.err())
        .startsWith("culvert: other machines can reach mqtt://0.0.0.0, and nobody has")
        .contains("culvert passwd add", "--set auth.anonymous=true");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void strangersAreLetInOnPurpose() throws Exception {
    session.start(
        "run --bind 0.0.0.0 --port 0 --ws-port 0 --ephemeral --set auth.anonymous=true".split(" "));
    assertThat(session.ready()).startsWith("ready mqtt://0.0.0.0:");
    assertThat(session.end()).isZero();
  }

  @Test
  void aVerticleThatCannotStartIsReported() throws Exception {
    session.broker(() -> failing("the disk is on fire"));
    assertThat(session.execute("run", "--port", "0", "--ws-port", "0", "--ephemeral"))
        .isEqualTo(ExitCode.FAILURE);
    assertThat(session.err())
        .isEqualTo(
            """
            culvert: it could not start: the disk is on fire.
              More is logged with: --set logging.level=debug
            """);
    assertThat(session.out()).isEmpty();
  }

  private static VerticleBase failing(String message) {
    return new VerticleBase() {
      @Override
      public Future<?> start() {
        return Future.failedFuture(message);
      }
    };
  }
}
