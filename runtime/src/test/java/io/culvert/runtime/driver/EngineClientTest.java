package io.culvert.runtime.driver;

import static io.culvert.mqtt.wire.Statement.MQTT3_7_1_2_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_2_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.Normative;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.PfxOptions;
import io.vertx.core.net.TrustOptions;
import java.net.SocketException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Engines at both ends. */
class EngineClientTest {
  private final Vertx vertx = Vertx.vertx();
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

  private void talk(EngineClient client, EngineServer server, String transport) throws Exception {
    clientApp.onOpen = engine -> engine.send(Bytes.utf8("hello"));
    clientApp.onFrame = (engine, bytes) -> answers.add(bytes.toUtf8());
    ToyEngine engine = SocketContract.await(client.connect("localhost", server.port(), clientApp));
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
