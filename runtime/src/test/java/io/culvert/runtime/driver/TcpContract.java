package io.culvert.runtime.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The own path over Netty channels. */
abstract class TcpContract extends SocketContract {
  private final boolean nativeTransport;

  TcpContract(boolean nativeTransport) {
    this.nativeTransport = nativeTransport;
  }

  @Override
  Vertx newVertx() {
    Vertx made = Vertx.vertx(new VertxOptions().setPreferNativeTransport(nativeTransport));
    assertThat(made.isNativeTransportEnabled()).isEqualTo(nativeTransport);
    return made;
  }

  @Override
  Future<EngineServer> listen(int maxConnections) {
    TcpOptions options = TcpOptions.of("127.0.0.1", 0).withMaxConnections(maxConnections);
    return EngineServer.listenTcp(shard, options, app);
  }

  @Override
  long unsentBytes(ToyEngine engine) {
    return ((TcpTransport) engine.peer).unsentBytes();
  }

  @Test
  void connectionsBeyondTheRateWaitForTheirTurn() throws Exception {
    TcpOptions options = TcpOptions.of("127.0.0.1", 0).withConnectsPerSecond(100);
    EngineServer slow = await(onShardFuture(() -> EngineServer.listenTcp(shard, options, app)));
    List<ToyClient> clients = new ArrayList<>();
    long start = System.nanoTime();
    for (int i = 0; i < 180; i++) { // up to 64 more than may are accepted at a time
      clients.add(new ToyClient(new Socket("127.0.0.1", slow.port())));
    }
    for (ToyClient client : clients) {
      client.send("hello");
      assertThat(client.receiveText()).isEqualTo("hello");
      client.close();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(100));
    assertThat(slow.counters().accepted()).isEqualTo(180);
    assertThat(slow.counters().refused()).isZero();
    assertThat(slow.counters().pauses()).isPositive();
    await(slow.close());
  }

  /** More would wait in direct memory, which many slow peers would fill. */
  @Test
  void nothingIsWrittenBeforeTheKernelHasTakenWhatItWasGiven() throws Exception {
    int each = 16 * 1024;
    app.onFrame = (engine, bytes) -> {};
    try (ToyClient client = client(server.port(), each)) {
      client.send("nothing comes yet");
      ToyEngine engine = ToyApp.next(app.opened);
      int sent = 0;
      while (onShard(() -> transport(engine).isWritable())) {
        byte[] payload = new byte[each];
        payload[0] = (byte) sent++;
        onShard(
            () -> {
              engine.send(Bytes.wrap(payload));
              return 0;
            });
        eventually(() -> onShard(() -> engine.outbox().isEmpty()));
      }
      long unsent = onShard(() -> unsentBytes(engine));
      assertThat(unsent).isPositive().isLessThan(each + 1024);
      onShard(
          () -> {
            engine.send(Bytes.utf8("last"));
            return 0;
          });
      eventually(() -> onShard(() -> engine.outbox().pendingBytes()) == "last".length() + 4);
      assertThat(onShard(() -> unsentBytes(engine))).isEqualTo(unsent);

      for (int i = 0; i < sent; i++) {
        assertThat(client.receive()[0]).isEqualTo((byte) i);
      }
      assertThat(client.receiveText()).isEqualTo("last");
    }
  }

  @Test
  void halfClosedPeerStillGetsItsAnswer() throws Exception {
    app.onOpen = ToyEngine::stayOpenAfterEnd;
    try (ToyClient client = client()) {
      client.send("question");
      client.socket.shutdownOutput();
      assertThat(client.receiveText()).isEqualTo("question");
      ToyEngine engine = ToyApp.next(app.opened);
      assertThat(ToyApp.next(app.events)).isEqualTo(new ToyEngine.Event.InputEnded());
      onShard(
          () -> {
            engine.send(Bytes.utf8("later"));
            engine.closeAfterFlush();
            return 0;
          });
      assertThat(client.receiveText()).isEqualTo("later");
      assertThat(client.atEnd()).isTrue();
    }
  }

  @Test
  void peerThatHalfClosedWhileItWasNotReadStillGetsItsAnswer() throws Exception {
    app.onOpen = ToyEngine::stayOpenAfterEnd;
    app.onFrame = (engine, bytes) -> engine.await();
    try (ToyClient client = client()) {
      client.send("ask");
      ToyEngine engine = ToyApp.next(app.opened);
      eventually(() -> onShard(engine::awaitsDecision));
      client.send("more");
      eventually(() -> onShard(() -> engine.receivedWhileWaiting > 0));
      client.socket.shutdownOutput();
      for (int i = 0; i < 100; i++) {
        onShard(() -> 0); // turns of the loop in which the end is seen, or not
      }
      onShard(
          () -> {
            app.onFrame = (same, bytes) -> {};
            engine.decide();
            return 0;
          });
      assertThat(ToyApp.next(app.events)).isEqualTo(new ToyEngine.Event.InputEnded());
      onShard(
          () -> {
            engine.send(Bytes.utf8("later"));
            engine.closeAfterFlush();
            return 0;
          });
      assertThat(client.receiveText()).isEqualTo("later");
      assertThat(client.atEnd()).isTrue();
    }
    ToyApp.next(app.closed);
    assertThat(server.counters().failures()).isZero();
  }

  @Test
  void resetWhileItIsNotReadIsAClose() throws Exception {
    app.onFrame = (engine, bytes) -> engine.await();
    ToyClient client = client();
    client.send("ask");
    ToyEngine engine = ToyApp.next(app.opened);
    eventually(() -> onShard(engine::awaitsDecision));
    client.send("more");
    eventually(() -> onShard(() -> engine.receivedWhileWaiting > 0));
    client.socket.setSoLinger(true, 0);
    client.close();
    for (int i = 0; i < 100; i++) {
      onShard(() -> 0); // turns of the loop in which the reset is seen, or not
    }
    onShard(
        () -> {
          engine.closeAfterFlush();
          return 0;
        });
    ToyApp.next(app.closed);
    assertThat(server.counters().failures()).isZero();
    eventually(() -> server.connections() == 0);
  }

  @Test
  void shardsShareAPort() throws Exception {
    TcpOptions first = TcpOptions.of("127.0.0.1", 0).withReusePort(true);
    EngineServer one = await(onShardFuture(() -> EngineServer.listenTcp(shard, first, app)));
    TcpOptions second = TcpOptions.of("127.0.0.1", one.port()).withReusePort(true);
    EngineServer two = await(onShardFuture(() -> EngineServer.listenTcp(shard, second, app)));
    assertThat(two.port()).isEqualTo(one.port());
    try (ToyClient client = client(one.port(), 0)) {
      assertThat(client.ask("x")).isEqualTo("x");
    }
  }
}
