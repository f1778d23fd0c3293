package io.culvert.runtime.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Wake;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One listener over several shards, whatever its transport. */
abstract class SeveralShardsContract {
  private static final int SHARDS = 3;

  private final ToyApp app = new ToyApp();
  private final Map<ToyEngine, Shard> shardOf = new ConcurrentHashMap<>();
  private final List<ToyClient> clients = new ArrayList<>();
  private Vertx vertx;
  private List<Shard> shards;

  abstract Future<EngineServer> listen(
      List<ServingShard<ToyEngine.Event, ToyEngine>> serving, int maxConnections);

  boolean nativeTransport() {
    return false;
  }

  Vertx vertx(VertxOptions options) {
    return Vertx.vertx(options);
  }

  ToyClient client(int port) throws IOException {
    return new ToyClient(new Socket(), port, 0);
  }

  @BeforeEach
  void start() {
    vertx =
        vertx(
            new VertxOptions()
                .setEventLoopPoolSize(SHARDS)
                .setPreferNativeTransport(nativeTransport()));
    shards = Shards.of(vertx.getOrCreateContext(), SHARDS);
  }

  @AfterEach
  void stop() throws Exception {
    for (ToyClient client : clients) {
      client.close();
    }
    SocketContract.await(vertx.close());
  }

  @Test
  void connectionsAreSpreadEvenly() throws Exception {
    EngineServer server = server(Integer.MAX_VALUE);
    for (int i = 0; i < 4 * SHARDS; i++) {
      assertThat(connect(server).ask("n" + i)).isEqualTo("n" + i);
    }
    Map<Shard, Long> counts =
        shardOf.values().stream()
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    assertThat(counts).containsOnlyKeys(shards);
    assertThat(counts.values()).containsOnly(4L);
    assertThat(server.connections()).isEqualTo(4 * SHARDS);
    assertThat(server.counters().accepted()).isEqualTo(4 * SHARDS);
  }

  @Test
  void eachIsServedInTheContextOfItsShard() throws Exception {
    Map<ToyEngine, Context> contexts = new ConcurrentHashMap<>();
    AtomicInteger onWrongThread = new AtomicInteger();
    app.onFrame =
        (engine, bytes) -> {
          contexts.put(engine, Vertx.currentContext());
          onWrongThread.addAndGet(shardOf.get(engine).inThread() ? 0 : 1);
          engine.send(bytes);
        };
    EngineServer server = server(Integer.MAX_VALUE);
    for (int i = 0; i < SHARDS; i++) {
      connect(server).ask("x");
    }
    assertThat(contexts).hasSize(SHARDS);
    contexts.forEach(
        (engine, context) -> assertThat(context).isSameAs(shardOf.get(engine).context()));
    assertThat(onWrongThread).hasValue(0);
  }

  @Test
  void theLimitCountsOverAllShards() throws Exception {
    EngineServer server = server(SHARDS + 1);
    for (int i = 0; i < SHARDS + 1; i++) {
      assertThat(connect(server).ask("in")).isEqualTo("in");
    }
    assertThat(isRefused(server)).isTrue();
    assertThat(isRefused(server)).isTrue();
    assertThat(server.counters().refused()).isEqualTo(2);

    clients.remove(1).close();
    SocketContract.eventually(() -> server.connections() == SHARDS);
    assertThat(connectWhenThereIsAPlace(server).ask("in")).isEqualTo("in");
    assertThat(isRefused(server)).isTrue();
  }

  @Test
  void aConnectionThatFailsToOpenLeavesItsPlaceToOthers() throws Exception {
    EngineServer server = server(SHARDS);
    app.onOpen =
        engine -> {
          throw new IllegalStateException("toy application refuses to open");
        };
    for (int i = 0; i < 2 * SHARDS; i++) {
      assertThat(isRefused(server)).isTrue();
      int failed = i + 1;
      SocketContract.eventually(() -> server.counters().failures() == failed);
    }
    app.onOpen = engine -> {};
    for (int i = 0; i < SHARDS; i++) {
      ToyClient client = connectWhenThereIsAPlace(server);
      assertThat(client.ask("in")).isEqualTo("in");
    }
    assertThat(isRefused(server)).isTrue();
  }

  @Test
  void closeEndsThemInAllShards() throws Exception {
    EngineServer server = server(Integer.MAX_VALUE);
    for (int i = 0; i < SHARDS; i++) {
      connect(server).ask("in");
    }
    Future<Void> closed = server.close();
    for (ToyClient client : clients) {
      assertThat(client.atEnd()).isTrue();
      client.close();
    }
    SocketContract.await(closed);
    assertThat(app.closed).hasSize(SHARDS);
    assertThat(server.connections()).isZero();
    // The JDK keeps a closed socket listening until its selector has had one more turn.
    SocketContract.eventually(() -> !listens(server.port()));
  }

  private EngineServer server(int maxConnections) throws Exception {
    List<ServingShard<ToyEngine.Event, ToyEngine>> serving =
        shards.stream().map(shard -> new ServingShard<>(shard, new Noting())).toList();
    return SocketContract.await(listen(serving, maxConnections));
  }

  private ToyClient connect(EngineServer server) throws IOException {
    ToyClient client = client(server.port());
    clients.add(client);
    return client;
  }

  /** A place is free only after the socket of who had it is closed; nobody tells of that. */
  private ToyClient connectWhenThereIsAPlace(EngineServer server) throws IOException {
    IOException last = null;
    for (int i = 0; i < 1_000; i++) {
      try {
        ToyClient client = client(server.port());
        client.send("are you there");
        client.receive();
        clients.add(client);
        return client;
      } catch (IOException full) {
        last = full;
      }
    }
    throw new AssertionError("refused all the time", last);
  }

  private boolean isRefused(EngineServer server) {
    try (ToyClient client = client(server.port())) {
      return client.atEnd();
    } catch (IOException refused) {
      return true;
    }
  }

  private boolean listens(int port) {
    try (ToyClient client = client(port)) {
      return client.socket.isConnected();
    } catch (IOException refused) {
      return false;
    }
  }

  /** Notes in which shard an engine was opened. */
  private final class Noting implements Application<ToyEngine.Event, ToyEngine> {
    @Override
    public ToyEngine open(Peer peer, Wake wake, Shard shard) {
      ToyEngine engine = app.open(peer, wake, shard);
      shardOf.put(engine, shard);
      return engine;
    }

    @Override
    public void event(ToyEngine engine, ToyEngine.Event event, long nowMillis) {
      app.event(engine, event, nowMillis);
    }

    @Override
    public void closed(ToyEngine engine, long nowMillis, Throwable cause) {
      app.closed(engine, nowMillis, cause);
    }
  }
}
