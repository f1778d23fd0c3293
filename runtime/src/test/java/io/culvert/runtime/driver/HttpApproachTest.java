package io.culvert.runtime.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A listener for WebSockets while its connections are none yet. */
class HttpApproachTest {
  private static final long TIMEOUT_MILLIS = 700;
  private static final long NEVER_MILLIS = 3_600_000;

  /** What Vert.x lets a TLS handshake take unless it is told. */
  private static final long USUAL_MILLIS = 10_000;

  /** Between two bytes of somebody who is slow on purpose. */
  private static final int PACE_MILLIS = 25;

  private static final String HANDSHAKE =
      "GET /toy HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
          + "Sec-WebSocket-Protocol: toy\r\n";

  private final ToyApp app = new ToyApp();
  private Vertx vertx;
  private Shard shard;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    shard = Shard.current(vertx);
  }

  @AfterEach
  void stop() throws Exception {
    SocketContract.await(vertx.close());
  }

  @Test
  void whoSaysNothingIsClosedInTime() throws Exception {
    EngineServer server = listen(TIMEOUT_MILLIS, 10);
    try (Socket silent = connect(server)) {
      assertThat(silent.getInputStream().read()).isEqualTo(-1);
    }
    SocketContract.eventually(() -> server.counters().unopened() == 1);
  }

  @Test
  void whoSendsByteByByteIsClosedInTime() throws Exception {
    EngineServer server = listen(TIMEOUT_MILLIS, 10);
    String endless = "GET /toy HTTP/1.1\r\nX: " + "x".repeat(4_000);
    assertThat(answersUntilClosed(server, endless, 1)).isEmpty();
    assertThat(answersUntilClosed(server, "PRI * HT" + "T".repeat(4_000), 1)).isEmpty();
    SocketContract.eventually(() -> server.counters().unopened() == 2);
  }

  @Test
  void whoAsksAgainAndAgainIsAnsweredOnce() throws Exception {
    EngineServer server = listen(NEVER_MILLIS, 10);
    String request = HANDSHAKE + "\r\n"; // it asks for no upgrade of this connection
    assertThat(answersUntilClosed(server, request.repeat(400), request.length()))
        .containsOnlyOnce("HTTP/1.1 400");
    SocketContract.eventually(() -> server.counters().unopened() == 1);
    String plain = "GET /toy HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n";
    assertThat(answersUntilClosed(server, plain.repeat(400), plain.length()))
        .containsOnlyOnce("HTTP/1.1 426");
    assertThat(server.counters().refused()).isEqualTo(1);
  }

  @Test
  void bodyThatNeverEndsKeepsNoConnection() throws Exception {
    EngineServer server = listen(TIMEOUT_MILLIS, 10);
    String request = "POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n";
    assertThat(answersUntilClosed(server, request + "x".repeat(9_000), request.length()))
        .startsWith("HTTP/1.1 404");
    assertThat(server.counters().refused()).isEqualTo(1);
  }

  /** The draft of old has a body that no header tells of. */
  @Test
  void handshakeThatNeverEndsKeepsNoPlace() throws Exception {
    EngineServer server = listen(TIMEOUT_MILLIS, 1);
    String draft =
        HANDSHAKE
            + "Connection: Upgrade\r\nSec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\n"
            + "Sec-WebSocket-Key2: 12998 5 Y3 1  .P00\r\n\r\n";
    try (Socket slow = connect(server)) {
      slow.getOutputStream().write(ascii(draft));
      assertThat(slow.getInputStream().read()).isEqualTo(-1);
    }
    SocketContract.eventually(() -> server.counters().unopened() == 1);
    try (ToyClient client = new WebSocketClient(server.port(), 0)) {
      assertThat(client.ask("x")).isEqualTo("x");
    }
  }

  @Test
  void webSocketLivesOn() throws Exception {
    EngineServer server = listen(TIMEOUT_MILLIS, 10);
    try (ToyClient client = new WebSocketClient(server.port(), 0)) {
      Promise<Void> later = Promise.promise();
      vertx.setTimer(2 * TIMEOUT_MILLIS, fired -> later.complete());
      SocketContract.await(later.future());
      assertThat(client.ask("x")).isEqualTo("x");
    }
    SocketContract.eventually(() -> server.connections() == 0);
    assertThat(server.counters().unopened()).isZero();
  }

  @Test
  void noMoreAreOnTheirWayThanMayBeHere() throws Exception {
    EngineServer server = listen(NEVER_MILLIS, 1);
    try (Socket silent = connect(server);
        Socket second = connect(server)) {
      assertThat(second.getInputStream().read()).isEqualTo(-1);
      assertThat(server.counters().refused()).isEqualTo(1);
      silent.getOutputStream().write('G');
    }
    SocketContract.eventually(() -> server.counters().unopened() == 1);
    try (ToyClient client = new WebSocketClient(server.port(), 0)) {
      assertThat(client.ask("x")).isEqualTo("x");
    }
  }

  @Test
  void handshakeOfTlsIsClosedInTime() throws Exception {
    EngineServer server = listenTls(false);
    long beganMillis = shard.nowMillis();
    try (Socket silent = connect(server)) {
      assertThat(silent.getInputStream().readAllBytes().length).isLessThan(100); // an alert
    }
    SocketContract.eventually(() -> server.counters().unopened() == 1);
    SocketContract.await(server.reload(TlsFrontTest.tls()));
    try (Socket silent = connect(server)) {
      assertThat(silent.getInputStream().readAllBytes().length).isLessThan(100);
    }
    try (ToyClient silent = TlsTest.newClient(server.port(), 0)) { // behind the handshake
      assertThat(silent.atEnd()).isTrue();
    }
    SocketContract.eventually(() -> server.counters().unopened() == 3);
    assertThat(shard.nowMillis() - beganMillis).isLessThan(USUAL_MILLIS);
  }

  @Test
  void handshakeOfTlsWithNamesIsClosedInTime() throws Exception {
    EngineServer server = listenTls(true);
    long beganMillis = shard.nowMillis();
    try (Socket silent = connect(server)) {
      assertThat(silent.getInputStream().readAllBytes().length).isLessThan(100);
    }
    assertThat(answersUntilClosed(server, "\26\3\1\0\372" + "x".repeat(4_000), 1).length())
        .isLessThan(100);
    assertThat(shard.nowMillis() - beganMillis).isLessThan(USUAL_MILLIS);
  }

  private EngineServer listen(long timeoutMillis, int maxConnections) throws Exception {
    return SocketContract.await(
        EngineServer.listenWebSocket(shard, options(timeoutMillis, maxConnections), app));
  }

  private EngineServer listenTls(boolean names) throws Exception {
    HttpServerOptions server =
        new HttpServerOptions()
            .setHost("127.0.0.1")
            .setPort(0)
            .setSsl(true)
            .setSni(names)
            .setKeyCertOptions(TlsFrontTest.tls().getKeyCertOptions());
    WebSocketOptions plain = options(TIMEOUT_MILLIS, 10);
    return SocketContract.await(
        EngineServer.listenWebSocket(
            shard,
            new WebSocketOptions(
                server,
                plain.path(),
                plain.subprotocols(),
                plain.origins(),
                plain.maxFrameBytes(),
                plain.maxConnections(),
                plain.connectsPerSecond(),
                plain.timeoutMillis(),
                plain.unsentBytes()),
            app));
  }

  private static WebSocketOptions options(long timeoutMillis, int maxConnections) {
    return WebSocketOptions.of("127.0.0.1", 0, "/toy", List.of("toy"))
        .withMaxConnections(maxConnections)
        .withTimeoutMillis(timeoutMillis);
  }

  private static Socket connect(EngineServer server) throws IOException {
    Socket socket = new Socket("127.0.0.1", server.port());
    socket.setSoTimeout(20_000);
    return socket;
  }

  /**
   * What comes back of bytes that are sent slowly, some at a time; all of them last for seconds.
   */
  private static String answersUntilClosed(EngineServer server, String bytes, int atATime)
      throws IOException {
    StringBuilder answers = new StringBuilder();
    try (Socket socket = connect(server)) {
      socket.setSoTimeout(PACE_MILLIS);
      for (int at = 0; at + atATime <= bytes.length(); at += atATime) {
        socket.getOutputStream().write(ascii(bytes.substring(at, at + atATime)));
        if (isAtEnd(socket, answers)) {
          return answers.toString();
        }
      }
    }
    throw new AssertionError("it was never closed, and has answered: " + answers);
  }

  /** Reads until nothing comes for a moment. */
  private static boolean isAtEnd(Socket socket, StringBuilder answers) throws IOException {
    byte[] some = new byte[4_096];
    try {
      int count = socket.getInputStream().read(some);
      while (count > 0) {
        answers.append(new String(some, 0, count, StandardCharsets.ISO_8859_1));
        count = socket.getInputStream().read(some);
      }
      return true;
    } catch (SocketTimeoutException more) {
      return false;
    } catch (SocketException reset) {
      return true;
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
