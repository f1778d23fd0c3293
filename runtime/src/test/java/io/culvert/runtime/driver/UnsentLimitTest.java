package io.culvert.runtime.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What the kernel takes for a peer that does not read; of Linux's own transport. */
@EnabledOnOs(OS.LINUX)
class UnsentLimitTest {
  private static final int PEER_BYTES = 16 * 1024;
  private static final int MESSAGE_BYTES = 4 * 1024;
  private static final int LIMIT = 128 * 1024;
  private static final int ENOUGH_BYTES = 4 * LIMIT;

  private final ToyApp app = new ToyApp();
  private Vertx vertx;
  private Shard shard;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    assertThat(vertx.isNativeTransportEnabled()).isTrue();
    shard = Shard.current(vertx);
    app.onFrame = (engine, bytes) -> {};
  }

  @AfterEach
  void stop() throws Exception {
    SocketContract.await(vertx.close());
  }

  @Test
  void theKernelTakesLittleForATcpPeerThatDoesNotRead() throws Exception {
    TcpOptions options = TcpOptions.of("127.0.0.1", 0);
    assertThat(taken(options)).isEqualTo(ENOUGH_BYTES);
    assertThat(taken(options.withUnsentBytes(LIMIT))).isBetween(LIMIT, 2 * LIMIT);
  }

  /** Some more waits in its write queue. */
  @Test
  void theKernelTakesLittleForAWebSocketThatDoesNotRead() throws Exception {
    WebSocketOptions options = WebSocketOptions.of("127.0.0.1", 0, "/toy", List.of("toy"));
    assertThat(taken(options)).isEqualTo(ENOUGH_BYTES);
    assertThat(taken(options.withUnsentBytes(LIMIT))).isBetween(LIMIT, 3 * LIMIT);
  }

  @Test
  void aSocketThatCannotBeLimitedIsLeftAsItIs() {
    Channel unix = new EpollServerDomainSocketChannel();
    UnsentLimit.set(unix, LIMIT);
    assertThat(unix.isOpen()).isTrue();
    unix.unsafe().closeForcibly();
  }

  private int taken(TcpOptions options) throws Exception {
    EngineServer server = SocketContract.await(EngineServer.listenTcp(shard, options, app));
    return taken(new ToyClient(new Socket(), server.port(), PEER_BYTES));
  }

  private int taken(WebSocketOptions options) throws Exception {
    EngineServer server = SocketContract.await(EngineServer.listenWebSocket(shard, options, app));
    return taken(new WebSocketClient(server.port(), PEER_BYTES));
  }

  /** Bytes that were written until no more can be. */
  private int taken(ToyClient client) throws Exception {
    try (client) {
      client.send("nothing comes yet");
      ToyEngine engine = ToyApp.next(app.opened);
      int bytes = 0;
      while (bytes < ENOUGH_BYTES && onShard(SocketContract.transport(engine)::isWritable)) {
        onShard(
            () -> {
              engine.send(Bytes.wrap(new byte[MESSAGE_BYTES]));
              return true;
            });
        SocketContract.eventually(() -> onShard(engine.outbox()::isEmpty));
        bytes += MESSAGE_BYTES;
      }
      return bytes;
    }
  }

  private boolean onShard(BooleanSupplier call) {
    return Future.<Boolean>future(
            promise ->
                shard.context().runOnContext(ignored -> promise.complete(call.getAsBoolean())))
        .toCompletionStage()
        .toCompletableFuture()
        .orTimeout(10, TimeUnit.SECONDS)
        .join();
  }
}
