package io.culvert.runtime.driver;

import static io.culvert.mqtt.wire.Statement.MQTT3_6_0_0_1;
import static io.culvert.mqtt.wire.Statement.MQTT3_6_0_0_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_6_0_0_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_6_0_0_2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.Normative;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Over WebSocket: the same as over TCP, and what HTTP adds. */
class WebSocketTest extends SocketContract {
  private static final int MAX_FRAME_BYTES = 500_000;

  @Override
  Vertx newVertx() {
    return Vertx.vertx();
  }

  @Override
  Future<EngineServer> listen(int maxConnections) {
    WebSocketOptions options =
        WebSocketOptions.of("127.0.0.1", 0, "/toy", List.of("toy", "toy-old"))
            .withMaxFrameBytes(MAX_FRAME_BYTES)
            .withMaxConnections(maxConnections);
    return EngineServer.listenWebSocket(shard, options, app);
  }

  @Override
  ToyClient client(int port, int receiveBytes) throws IOException {
    return new WebSocketClient(port, receiveBytes);
  }

  @Test
  void anotherClientIsServed() throws Exception {
    BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
    BlockingQueue<Integer> closed = new LinkedBlockingQueue<>();
    WebSocket client =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .subprotocols("toy-old", "unknown")
            .buildAsync(uri("ws"), new Collector(received, closed))
            .get(20, TimeUnit.SECONDS);
    assertThat(client.getSubprotocol()).isEqualTo("toy-old");
    client.sendBinary(ByteBuffer.wrap(ToyEngine.frame(new byte[] {1, 2, 3})), true);
    assertThat(ToyApp.next(received)).isEqualTo(ToyEngine.frame(new byte[] {1, 2, 3}));
    ToyEngine engine = ToyApp.next(app.opened);
    assertThat(engine.peer.transport()).isEqualTo("ws");
    onShard(
        () -> {
          engine.closeAfterFlush();
          return 0;
        });
    assertThat(ToyApp.next(closed)).isEqualTo(1000);
    assertThat(ToyApp.next(app.closed).cause()).isNull();
  }

  @Test
  @Normative({MQTT5_6_0_0_2, MQTT3_6_0_0_2})
  void continuationFramesAndPingsMayStandAnywhere() throws Exception {
    byte[] frame = ToyEngine.frame(new byte[] {7, 8, 9});
    try (WebSocketClient client = (WebSocketClient) client()) {
      client.frame(false, WebSocketClient.BINARY, Arrays.copyOfRange(frame, 0, 2));
      client.frame(true, WebSocketClient.PING, new byte[] {5});
      client.frame(false, WebSocketClient.CONTINUATION, new byte[0]);
      client.frame(true, WebSocketClient.CONTINUATION, Arrays.copyOfRange(frame, 2, 7));
      assertThat(client.nextFrame()).isEqualTo(WebSocketClient.PONG);
      assertThat(client.payload).containsExactly(5);
      assertThat(client.nextFrame()).isEqualTo(WebSocketClient.BINARY);
      assertThat(client.payload).isEqualTo(frame);
    }
  }

  @Test
  @Normative({MQTT5_6_0_0_1, MQTT3_6_0_0_1})
  void textIsUnacceptable() throws Exception {
    try (WebSocketClient client = (WebSocketClient) client()) {
      client.frame(true, WebSocketClient.TEXT, new byte[] {'h', 'i'});
      assertThat(client.nextFrame()).isEqualTo(WebSocketClient.CLOSE);
      assertThat(client.payload).startsWith(1003 >> 8, 1003 & 0xff);
      client.frame(true, WebSocketClient.CLOSE, client.payload);
      assertThat(client.nextFrame()).isEqualTo(-1);
    }
    ToyApp.next(app.closed);
  }

  /** The answer to the frame is to be sent when the close frame behind it has been read already. */
  @Test
  void aClientMayLeaveWithoutWaitingForItsAnswer() throws Exception {
    for (int i = 0; i < 20; i++) {
      try (WebSocketClient client = (WebSocketClient) client()) {
        client.frame(true, WebSocketClient.BINARY, ToyEngine.frame(new byte[] {1, 2, 3}));
        client.frame(true, WebSocketClient.CLOSE, new byte[] {1000 >> 8, (byte) (1000 & 0xff)});
        assertThat(ToyApp.next(app.closed).cause()).isNull();
      }
    }
    assertThat(onShard(() -> server.counters().failures())).isZero();
  }

  /** It is not read until there is room in the socket, where there will be none any more. */
  @Test
  void whoGoesWhileNothingCanBeSentIsNotKept() throws Exception {
    app.onFrame =
        (engine, bytes) -> {
          engine.await();
          engine.onPoll = () -> decideWhenAllIsSent(engine);
          for (int i = 0; i < 200; i++) {
            engine.send(Bytes.wrap(new byte[100_000]));
          }
        };
    try (ToyClient client = client(server.port(), 16 * 1024)) {
      client.send("all");
      ToyEngine engine = ToyApp.next(app.opened);
      eventually(() -> onShard(() -> !transport(engine).isWritable()));
      client.send("more");
      eventually(() -> onShard(() -> engine.receivedWhileWaiting > 0));
      client.socket.setSoLinger(true, 0);
    }
    ToyApp.next(app.closed);
    eventually(() -> server.connections() == 0);
  }

  private static void decideWhenAllIsSent(ToyEngine engine) {
    if (engine.awaitsDecision() && engine.queue.isEmpty() && engine.outbox().isEmpty()) {
      engine.decide();
    }
  }

  @Test
  void tooLargeFrameClosesTheConnection() throws Exception {
    try (WebSocketClient client = (WebSocketClient) client()) {
      client.frame(true, WebSocketClient.BINARY, new byte[MAX_FRAME_BYTES]);
      eventually(() -> onShard(() -> server.counters().bytesIn()) == MAX_FRAME_BYTES);
      try {
        client.frame(true, WebSocketClient.BINARY, new byte[MAX_FRAME_BYTES + 1]);
      } catch (IOException closedMeanwhile) {
        assertThat(closedMeanwhile).isNotNull();
      }
      ToyApp.next(app.closed);
    }
  }

  @Test
  void otherPathsAndPlainRequestsGetAnAnswerToRead() throws Exception {
    assertThat(get("/").statusCode()).isEqualTo(404);
    assertThat(get("/").body()).contains("/toy");
    assertThat(get("/toy").statusCode()).isEqualTo(426);
    assertThat(get("/toy").body()).contains("WebSocket");
  }

  @Test
  void clientWithoutOurSubprotocolIsRefused() {
    assertThatThrownBy(
            () ->
                HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .subprotocols("other")
                    .buildAsync(uri("ws"), new WebSocket.Listener() {})
                    .get(20, TimeUnit.SECONDS))
        .hasMessageContaining("WebSocketHandshakeException");
    assertThat(server.counters().refused()).isEqualTo(1);
    assertThat(app.opened).isEmpty();
  }

  @Test
  void foreignPageIsRefused() throws Exception {
    assertThat(handshake("http://127.0.0.1:" + server.port())).isEqualTo("HTTP/1.1 101");
    assertThat(handshake("http://127.0.0.1:1")).isEqualTo("HTTP/1.1 403");
    assertThat(handshake("https://evil.example")).isEqualTo("HTTP/1.1 403");
  }

  @Test
  void aHandshakeWithABodyIsRefused() throws Exception {
    assertThat(handshakeWith("Content-Length: 8193")).isEqualTo("HTTP/1.1 400");
    assertThat(handshakeWith("Transfer-Encoding: chunked")).isEqualTo("HTTP/1.1 400");
    assertThat(server.counters().refused()).isEqualTo(2);
    assertThat(handshakeWith("Content-Length: 0")).isEqualTo("HTTP/1.1 101");
  }

  private String handshake(String origin) throws IOException {
    return handshakeWith("Origin: " + origin);
  }

  private String handshakeWith(String header) throws IOException {
    try (ToyClient raw = super.client(server.port(), 0)) {
      String request =
          "GET /toy HTTP/1.1\r\nHost: 127.0.0.1:"
              + server.port()
              + "\r\nUpgrade: websocket\r\n"
              + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
              + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
              + "Sec-WebSocket-Protocol: toy\r\n"
              + header
              + "\r\n\r\n";
      raw.out.write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(raw.in.readNBytes(12), StandardCharsets.US_ASCII);
    }
  }

  private HttpResponse<String> get(String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  private URI uri(String scheme) {
    return URI.create(scheme + "://127.0.0.1:" + server.port() + "/toy");
  }

  private record Collector(BlockingQueue<byte[]> received, BlockingQueue<Integer> closed)
      implements WebSocket.Listener {
    @Override
    public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      byte[] bytes = new byte[data.remaining()];
      data.get(bytes);
      received.add(bytes);
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int statusCode, String reason) {
      closed.add(statusCode);
      return null;
    }
  }
}
