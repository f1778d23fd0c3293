package io.culvert.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.culvert.tcp.demo.DemoServer;
import io.culvert.tcp.wire.Dialect;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.MessageType;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Server and client against a peer that shares no code with them: a script in Python, written from
 * docs/tcp-wire.md.
 */
class PythonPeerTest {
  private static final String SECRET = "a secret of sixteen bytes or more";
  private static final Path SCRIPT = Path.of("src", "test", "resources", "netaio", "peer.py");

  private final Vertx vertx = Vertx.vertx();

  @BeforeEach
  void lookForPython() {
    assumeTrue(isFound(), "missing program: python3");
  }

  @AfterEach
  void close() {
    Sync.await(vertx.close());
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void serverIsUnderstood(Dialect dialect) throws Exception {
    TcpServer server =
        DemoServer.create(
            vertx, new TcpServerOptions().dialect(dialect).auth(SharedSecret.of(SECRET, dialect)));
    int port = Sync.await(server.listen("127.0.0.1", 0));
    Process peer = python("client", dialect.id(), SECRET, String.valueOf(port));
    try (BufferedReader out = peer.inputReader(StandardCharsets.UTF_8)) {
      List<String> lines = out.lines().toList();
      assertThat(peer.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(lines)
          .containsExactly(
              "1 echo hello",
              "1 echo ",
              "10 async async",
              "1 blob 60000 bytes",
              "10 k stored",
              "20 k cannot overwrite",
              "1 k v",
              "10 k stored",
              "10 k deleted",
              "24 k not found",
              "11 n ",
              "8 n news",
              "10 n 1",
              "12 n ");
      assertThat(peer.exitValue()).isZero();
    } finally {
      peer.destroyForcibly();
    }
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void clientIsUnderstood(Dialect dialect) throws Exception {
    Process peer = python("server", dialect.id(), SECRET);
    try (BufferedReader out = peer.inputReader(StandardCharsets.UTF_8)) {
      TcpClient client =
          TcpClient.create(
              vertx,
              new TcpClientOptions().dialect(dialect).auth(SharedSecret.of(SECRET, dialect)));
      Sync.await(client.connect("127.0.0.1", Integer.parseInt(out.readLine())));
      for (String content : List.of("hello", "", "x".repeat(60_000))) {
        Message answer = Sync.await(client.request("echo", content));
        assertThat(answer.type()).isEqualTo(MessageType.RESPOND_URI);
        assertThat(answer.content().toUtf8()).isEqualTo(content);
      }
      assertThat(Sync.await(client.subscribe("s")).type()).isEqualTo(MessageType.CONFIRM_SUBSCRIBE);
      assertThat(Sync.await(client.receiveOnce()).orElseThrow().content().toUtf8())
          .isEqualTo("welcome");
      assertThat(Sync.await(client.create("k", "v")).type()).isEqualTo(MessageType.NOT_FOUND);
    } finally {
      peer.destroyForcibly();
    }
  }

  private static Process python(String... arguments) throws IOException {
    List<String> command =
        Stream.concat(Stream.of("python3", SCRIPT.toString()), Stream.of(arguments)).toList();
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static boolean isFound() {
    try {
      Process version = new ProcessBuilder("python3", "--version").start();
      return version.waitFor(20, TimeUnit.SECONDS) && version.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
