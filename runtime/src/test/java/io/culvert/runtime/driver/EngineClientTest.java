package io.culvert.runtime.driver;

import static io.culvert.mqtt.wire.Statement.MQTT3_7_1_2_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_2_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.Normative;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.PfxOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.TrustOptions;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Engines at both ends. */
class EngineClientTest {
  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
  private final Shard shard = Shard.current(vertx);
  private final ToyApp app = new ToyApp();
  private final ToyApp clientApp = new ToyApp();
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

  @AfterEach
  void stop() throws Exception {
    SocketContract.await(vertx.close());
  }

  @Test
  @Normative({MQTT5_4_2_1, MQTT3_7_1_2_1})
  void enginesTalkOverTcp() throws Exception {
    EngineServer server =
        SocketContract.await(EngineServer.listenTcp(shard, TcpOptions.of("127.0.0.1", 0), app));
    talk(EngineClient.create(shard, new NetClientOptions()), server, "tcp");
  }

  @Test
  @Normative({MQTT5_4_2_1, MQTT3_7_1_2_1})
  void enginesTalkOverTls() throws Exception {
    NetServerOptions options =
        new NetServerOptions()
            .setHost("127.0.0.1")
            .setPort(0)
            .setSsl(true)
            .setKeyCertOptions(
                new PfxOptions()
                    .setValue(Buffer.buffer(TlsTest.keyStore()))
                    .setPassword("toy-secret"));
    EngineServer server =
        SocketContract.await(EngineServer.listenTcp(shard, options, Integer.MAX_VALUE, app));
    NetClientOptions client =
        new NetClientOptions()
            .setSsl(true)
            .setHostnameVerificationAlgorithm("HTTPS")
            .setTrustOptions(trusting());
    talk(EngineClient.create(shard, client), server, "tls");
  }

  @Test
  void nobodyListens() throws Exception {
    EngineServer server =
        SocketContract.await(EngineServer.listenTcp(shard, TcpOptions.of("127.0.0.1", 0), app));
    SocketContract.await(server.close());
    EngineClient client = EngineClient.create(shard, new NetClientOptions());
    assertThatThrownBy(
            () -> SocketContract.await(client.connect("localhost", server.port(), clientApp)))
        .hasCauseInstanceOf(SocketException.class);
    assertThat(clientApp.opened).isEmpty();
  }

  @Test
  void applicationThatFailsToOpenFailsTheConnect() throws Exception {
    EngineServer server =
        SocketContract.await(EngineServer.listenTcp(shard, TcpOptions.of("127.0.0.1", 0), app));
    clientApp.onOpen =
        engine -> {
          throw new IllegalStateException("toy application refuses to open");
        };
    EngineClient client = EngineClient.create(shard, new NetClientOptions());
    assertThatThrownBy(
            () -> SocketContract.await(client.connect("localhost", server.port(), clientApp)))
        .hasCauseInstanceOf(IllegalStateException.class);
    SocketContract.eventually(() -> server.counters().accepted() == 1);
    ToyApp.next(app.closed);
    assertThat(clientApp.closed).isEmpty();
  }

  @Test
  void enginesTalkOverWebSockets() throws Exception {
    EngineServer server =
        SocketContract.await(
            EngineServer.listenWebSocket(
                shard, WebSocketOptions.of("127.0.0.1", 0, "/toy", List.of("toy")), app));
    EngineClient client = EngineClient.create(shard, new NetClientOptions());
    talk(client, client.connect(webSocket(server, "toy", "other"), talkative()), "ws");
  }

  @Test
  void enginesTalkOverWebSocketsWithTls() throws Exception {
    WebSocketOptions plain = WebSocketOptions.of("127.0.0.1", 0, "/toy", List.of("toy"));
    HttpServerOptions tls =
        new HttpServerOptions(plain.server())
            .setSsl(true)
            .setKeyCertOptions(
                new PfxOptions()
                    .setValue(Buffer.buffer(TlsTest.keyStore()))
                    .setPassword("toy-secret"));
    EngineServer server =
        SocketContract.await(
            EngineServer.listenWebSocket(
                shard,
                new WebSocketOptions(
                    tls,
                    plain.path(),
                    plain.subprotocols(),
                    plain.origins(),
                    plain.maxFrameBytes(),
                    10,
                    0,
                    plain.timeoutMillis(),
                    plain.unsentBytes()),
                app));
    EngineClient client = EngineClient.create(shard, new NetClientOptions());
    ClientSSLOptions trust = new ClientSSLOptions().setTrustOptions(trusting());
    WebSocketConnectOptions to = webSocket(server, "toy");
    to.setSsl(true).setSslOptions(trust.setHostnameVerificationAlgorithm("HTTPS"));
    talk(client, client.connect(to, talkative()), "wss");
  }

  @Test
  void aServerThatRefusesTheWebSocketFailsTheConnect() throws Exception {
    EngineServer server =
        SocketContract.await(
            EngineServer.listenWebSocket(
                shard, WebSocketOptions.of("127.0.0.1", 0, "/toy", List.of("toy")), app));
    EngineClient client = EngineClient.create(shard, new NetClientOptions());
    assertThatThrownBy(
            () -> SocketContract.await(client.connect(webSocket(server, "other"), clientApp)))
        .hasMessageContaining("400");
    assertThat(clientApp.opened).isEmpty();
    SocketContract.await(client.close());
  }

  @Test
  void aServerThatChoosesNoSubprotocolFailsTheConnect() throws Exception {
    HttpServer server =
        SocketContract.await(
            vertx.createHttpServer().webSocketHandler(socket -> {}).listen(0, "127.0.0.1"));
    EngineClient client = EngineClient.create(shard, new NetClientOptions());
    WebSocketConnectOptions to =
        new WebSocketConnectOptions()
            .setHost("127.0.0.1")
            .setPort(server.actualPort())
            .setURI("/")
            .addSubProtocol("toy");
    assertThatThrownBy(() -> SocketContract.await(client.connect(to, clientApp)))
        .hasMessageContaining("subprotocol");
    assertThat(clientApp.opened).isEmpty();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void enginesTalkOverUnixSockets() throws Exception {
    Path file = folder.resolve("s");
    EngineServer server =
        SocketContract.await(
            EngineServer.listenUnix(
                List.of(new ServingShard<>(shard, app)), new UnixOptions(file, 0600, 16, 10, 0)));
    EngineClient client = EngineClient.create(shard, new NetClientOptions());
    ConnectOptions to =
        new ConnectOptions().setRemoteAddress(SocketAddress.domainSocketAddress(file.toString()));
    talk(client, client.connect(to, talkative()), "unix");
    SocketContract.await(server.close());
  }

  private static WebSocketConnectOptions webSocket(EngineServer server, String... subprotocols) {
    WebSocketConnectOptions to = new WebSocketConnectOptions();
    to.setHost("localhost").setPort(server.port()).setURI("/toy");
    List.of(subprotocols).forEach(to::addSubProtocol);
    return to;
  }

  private ToyApp talkative() {
    clientApp.onOpen = engine -> engine.send(Bytes.utf8("hello"));
    clientApp.onFrame = (engine, bytes) -> answers.add(bytes.toUtf8());
    return clientApp;
  }

  private void talk(EngineClient client, EngineServer server, String transport) throws Exception {
    talk(client, client.connect("localhost", server.port(), talkative()), transport);
  }

  private void talk(EngineClient client, Future<ToyEngine> connecting, String transport)
      throws Exception {
    ToyEngine engine = SocketContract.await(connecting);
    assertThat(engine.peer.transport()).isEqualTo(transport);
    assertThat(ToyApp.next(answers)).isEqualTo("hello");
    shard.context().runOnContext(ignored -> engine.send(Bytes.utf8("and again")));
    assertThat(ToyApp.next(answers)).isEqualTo("and again");
    shard.context().runOnContext(ignored -> engine.closeAfterFlush());
    assertThat(ToyApp.next(clientApp.closed).cause()).isNull();
    assertThat(ToyApp.next(app.closed).cause()).isNull();
    SocketContract.await(client.close());
  }

  private static TrustOptions trusting() {
    return new PfxOptions().setValue(Buffer.buffer(TlsTest.keyStore())).setPassword("toy-secret");
  }
}
