package io.culvert.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.testkit.FreePort;
import io.culvert.tcp.Reply;
import io.culvert.tcp.TcpPeer;
import io.culvert.tcp.TcpServer;
import io.culvert.tcp.TcpServerOptions;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.MessageType;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Example server and its clients on the command line. */
class TcpCommandTest {
  private static final String SECRET = "a secret for trials";

  @TempDir Path folder;

  @Test
  void requestPrintsTheAnswerOfTheExampleServer() throws Exception {
    Session demo = new Session(folder);
    demo.start("tcp", "demo", "--port", "0", "--secret", SECRET, "--dialect", "n009-p03");
    String port = port(demo.ready(), "tcp");

    Session echo = new Session(folder);
    assertThat(echo.execute(request(port, SECRET, "request", "echo", "hello"))).isZero();
    assertThat(echo.out()).isEqualTo("hello\n");
    assertThat(echo.err()).isEqualTo("RESPOND_URI\n");

    Session missing = new Session(folder);
    assertThat(missing.execute(request(port, SECRET, "request", "nowhere", "")))
        .isEqualTo(ExitCode.FAILURE);
    assertThat(missing.out()).isEqualTo("not found\n");

    Session stranger = new Session(folder);
    assertThat(stranger.execute(request(port, "another secret of it", "request", "echo", "x")))
        .isEqualTo(ExitCode.FAILURE);
    assertThat(stranger.err()).contains("AUTH_FAILED");
    assertThat(demo.end()).isZero();
  }

  @Test
  void listenerPrintsWhatIsPublished() throws Exception {
    Session demo = new Session(folder);
    demo.start("tcp", "demo", "--port", "0", "--secret", SECRET);
    String port = port(demo.ready(), "tcp");
    Session listener = new Session(folder);
    listener.start("tcp", "listen", "--port", port, "--secret", SECRET, "news");
    publishToTheListener(port);
    assertThat(listener.line("NOTIFY")).isEqualTo("NOTIFY_URI news it rains");

    Session send = new Session(folder);
    assertThat(
            send.execute(
                "tcp", "send", "--port", port, "--secret", SECRET, "publish", "news", "sun"))
        .isZero();
    assertThat(listener.line("sun")).isEqualTo("NOTIFY_URI news sun");
    assertThat(listener.end()).isZero();
    assertThat(demo.end()).isZero();
  }

  @Test
  void listenerThatNobodyReadsEnds() throws Exception {
    Session demo = new Session(folder);
    demo.start("tcp", "demo", "--port", "0", "--secret", SECRET);
    String port = port(demo.ready(), "tcp");
    Session listener = new Session(folder).closed();
    listener.start("tcp", "listen", "--port", port, "--secret", SECRET, "news");
    publishToTheListener(port);
    assertThat(listener.exitCode()).isEqualTo(ExitCode.FAILURE);
    assertThat(listener.err()).startsWith("culvert: stdout takes no more").hasLineCount(1);
    assertThat(demo.end()).isZero();
  }

  /** As often as it takes until that has subscribed. */
  private void publishToTheListener(String port) throws Exception {
    String heard = "0\n";
    while (heard.equals("0\n")) {
      Session published = new Session(folder);
      int exitCode =
          published.execute(
              "tcp", "request", "--port", port, "--secret", SECRET, "publish", "news", "it rains");
      assertThat(exitCode).isZero();
      heard = published.out();
    }
    assertThat(heard).isEqualTo("1\n");
  }

  @Test
  void listenerThatIsRefusedSaysSo() throws Exception {
    Session server = new Session(folder);
    server.start(
        "run",
        "--port",
        "0",
        "--ws-port",
        "0",
        "--tcp-port",
        "0",
        "--ephemeral",
        "--set",
        "tcp.anonymous=true",
        "--set",
        "tcp.max-subscriptions=1");
    String port = port(server.ready(), "tcp");
    Session listener = new Session(folder);
    assertThat(listener.execute("tcp", "listen", "--port", port, "news", "weather"))
        .isEqualTo(ExitCode.FAILURE);
    assertThat(listener.err())
        .contains("REFUSED: weather is not subscribed", "as many subscriptions as may be");
    assertThat(server.end()).isZero();
  }

  @Test
  void listenerThatIsRefusedWhenItComesBackSaysSo() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      TcpServer server = TcpServer.create(vertx, new TcpServerOptions());
      AtomicInteger asked = new AtomicInteger();
      server
          .handlers()
          .on(
              MessageType.SUBSCRIBE_URI,
              (message, peer) ->
                  Reply.of(
                      asked.getAndIncrement() == 0
                          ? message.reply(MessageType.CONFIRM_SUBSCRIBE, "")
                          : message.reply(MessageType.ERROR, "not any more")));
      int port =
          server
              .listen("127.0.0.1", 0)
              .toCompletionStage()
              .toCompletableFuture()
              .get(30, TimeUnit.SECONDS);
      Session listener = new Session(folder);
      listener.start("tcp", "listen", "--port", String.valueOf(port), "news");
      while (asked.get() == 0) {
        Thread.onSpinWait();
      }
      server.broadcast(Message.of(MessageType.NOTIFY_URI, "n"));
      assertThat(listener.line("NOTIFY")).startsWith("NOTIFY_URI n");
      server.clients().forEach(TcpPeer::close);
      assertThat(listener.errLine("not subscribed"))
          .contains("not subscribed: REFUSED: news is not subscribed", "not any more");
      assertThat(listener.end()).isZero();
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void wrongArgumentsAreNamed() throws Exception {
    assertUsage("--dialect n001: there are n002-p02", "demo", "--dialect", "n001");
    assertUsage("--port is a whole number from 0 to 65535, not x", "demo", "--port", "x");
    assertUsage("--port is a whole number from 0 to 65535, not 65536", "demo", "--port", "65536");
    assertUsage(
        "--timeout-millis is a whole number from 1 to 2147483647, not 0",
        "request",
        "--timeout-millis",
        "0",
        "request",
        "echo");
    assertUsage(
        "nowhere cannot be read: there is no such file", "demo", "--secret-file", "nowhere");
    assertUsage("the secret is empty", "demo", "--secret", "");
    assertUsage("\"greet\" is no message type", "request", "greet", "x");
  }

  @Test
  void runServesItWithASecretThatIsMadeOnce() throws Exception {
    Session first = new Session(folder);
    first.start("run", "--port", "0", "--ws-port", "0", "--tcp-port", "0", "--data", "data");
    String port = port(first.ready(), "tcp");
    Path file = folder.resolve("data").resolve("tcp-secret");
    String secret = Files.readString(file).strip();
    assertThat(first.err()).contains(secret, "It is shown this once");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    Session published = new Session(folder);
    String[] publish = {
      "tcp", "request", "--port", port, "--secret-file", file.toString(), "publish", "news"
    };
    assertThat(published.execute(publish)).isZero();
    assertThat(published.out()).isEqualTo("0\n");
    assertThat(first.end()).isZero();

    Session second = new Session(folder);
    second.start("run", "--port", "0", "--ws-port", "0", "--tcp-port", "0", "--data", "data");
    assertThat(second.ready()).contains(" tcp://127.0.0.1:");
    assertThat(second.err()).doesNotContain(secret);
    assertThat(second.end()).isZero();
  }

  @Test
  void runWithoutADataFolderWantsASecret() throws Exception {
    Session session = new Session(folder);
    assertThat(
            session.execute(
                "run", "--port", "0", "--ws-port", "0", "--tcp-port", "0", "--ephemeral"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(session.err()).contains("tcp.secret-file=FILE", "tcp.anonymous=true");
  }

  @Test
  void serverThatIsNotThereIsNamed() throws Exception {
    String port = String.valueOf(FreePort.find());
    for (String command :
        new String[] {"tcp request --port %s request a", "tcp listen --port %s"}) {
      Session session = new Session(folder);
      assertThat(session.execute(command.formatted(port).split(" "))).isEqualTo(ExitCode.FAILURE);
      assertThat(session.err())
          .startsWith("culvert: 127.0.0.1:" + port + " cannot be reached: ")
          .doesNotContain("Exception");
    }
  }

  @Test
  void portOfTheExampleThatIsTakenIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      Session session = new Session(folder);
      assertThat(session.execute("tcp", "demo", "--port", String.valueOf(taken.getLocalPort())))
          .isEqualTo(ExitCode.FAILURE);
      assertThat(session.err()).contains("is in use by another program", "--port 0 takes a free");
    }
  }

  private void assertUsage(String message, String... arguments) throws Exception {
    Session session = new Session(folder);
    String[] all = new String[arguments.length + 1];
    all[0] = "tcp";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    assertThat(session.execute(all)).isEqualTo(ExitCode.USAGE);
    assertThat(session.err()).contains(message);
  }

  private static String[] request(
      String port, String secret, String type, String uri, String content) {
    return new String[] {
      "tcp",
      "request",
      "--port",
      port,
      "--secret",
      secret,
      "--dialect",
      "n009-p03",
      type,
      uri,
      content
    };
  }

  private static String port(String ready, String scheme) {
    for (String word : ready.strip().split(" ")) {
      if (word.startsWith(scheme + "://")) {
        return String.valueOf(URI.create(word).getPort());
      }
    }
    throw new AssertionError(ready);
  }
}
