package io.culvert.runtime.driver;

import io.culvert.engine.Engine;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.internal.CloseFuture;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections for engines of one shard: TCP, TLS, Unix domain sockets and WebSockets. Vert.x
 * resolves names, connects and does TLS; except for WebSockets, the channel is then driven like a
 * server's. Its methods may be called from any thread.
 *
 * <p>Whoever made it keeps it as long as its connections are wanted, and closes it.
 */
public final class EngineClient {
  /** How long a server may take to answer our close of a WebSocket. */
  private static final int CLOSING_SECONDS = 2;

  private final Shard shard;
  private final NetClient client;

  /** Made when first needed; only on the event loop. */
  private @Nullable WebSocketClient webSockets;

  private EngineClient(Shard shard, NetClient client) {
    this.shard = shard;
    this.client = client;
  }

  public static EngineClient create(Shard shard, NetClientOptions options) {
    return new EngineClient(
        shard, apart(shard, () -> shard.context().owner().createNetClient(options)));
  }

  /**
   * Connects, and completes with the engine that the application has opened; what that has to send
   * goes out at the end of the pass. Fails as the connect fails; then the application is not asked.
   */
  public <E, N extends Engine<E>> Future<N> connect(
      String host, int port, Application<E, N> application) {
    return onShard(() -> client.connect(port, host).map(socket -> driven(socket, application)));
  }

  /** As above, to any address; these options say whether with TLS, and not those of the client. */
  public <E, N extends Engine<E>> Future<N> connect(
      ConnectOptions to, Application<E, N> application) {
    return onShard(() -> client.connect(to).map(socket -> driven(socket, application)));
  }

  /**
   * As above, by a WebSocket with binary frames. Fails, too, when the server does not choose one of
   * the subprotocols that are offered.
   */
  public <E, N extends Engine<E>> Future<N> connect(
      WebSocketConnectOptions to, Application<E, N> application) {
    return onShard(
        () -> webSockets().connect(to).compose(socket -> taken(socket, to, application)));
  }

  /** Closes all connections at once. An orderly end is commanded to the engines before. */
  public Future<Void> close() {
    return onShard(
        () -> {
          WebSocketClient opened = webSockets;
          Future<Void> closed = client.close();
          return opened == null ? closed : Future.join(closed, opened.close()).mapEmpty();
        });
  }

  private <E, N extends Engine<E>> N driven(NetSocket socket, Application<E, N> application) {
    Endpoint<E, N> endpoint = Endpoint.unlimited(shard, application);
    TcpTransport.takeOver(endpoint, socket);
    return endpoint.only();
  }

  private WebSocketClient webSockets() {
    WebSocketClient opened = webSockets;
    if (opened == null) {
      opened =
          apart(
              shard,
              () ->
                  shard
                      .context()
                      .owner()
                      .createWebSocketClient(
                          new WebSocketClientOptions()
                              .setMaxConnections(Integer.MAX_VALUE)
                              .setMaxFrameSize(WebSocketOptions.DEFAULT_MAX_FRAME_BYTES)
                              // a message is never put together
                              .setMaxMessageSize(Integer.MAX_VALUE)
                              .setClosingTimeout(CLOSING_SECONDS)));
      webSockets = opened;
    }
    return opened;
  }

  private <E, N extends Engine<E>> Future<N> taken(
      WebSocket socket, WebSocketConnectOptions to, Application<E, N> application) {
    List<String> offered = to.getSubProtocols();
    if (offered != null && !offered.isEmpty() && !offered.contains(socket.subProtocol())) {
      String chosen = socket.subProtocol();
      return socket
          .close()
          .transform(
              closed ->
                  Future.failedFuture(
                      new IOException(
                          "The server has chosen the WebSocket subprotocol "
                              + chosen
                              + "; offered was "
                              + offered)));
    }
    Endpoint<E, N> endpoint = Endpoint.unlimited(shard, application);
    WebSocketTransport.serve(endpoint, socket);
    return Future.succeededFuture(endpoint.only());
  }

  /**
   * Vert.x would close a client with the verticle that has made it, before that can say its last
   * words: so it is made in a context that nobody closes.
   */
  private static <C> C apart(Shard shard, Supplier<C> made) {
    ContextInternal nobodys =
        shard
            .internalContext()
            .owner()
            .contextBuilder()
            .withEventLoop(shard.eventLoop())
            .withCloseFuture(new CloseFuture())
            .build();
    ContextInternal previous = nobodys.beginDispatch();
    try {
      return made.get();
    } finally {
      nobodys.endDispatch(previous);
    }
  }

  private <T> Future<T> onShard(Supplier<Future<T>> call) {
    Promise<T> promise = shard.internalContext().promise();
    shard
        .context()
        .runOnContext(
            ignored -> Future.succeededFuture().compose(done -> call.get()).onComplete(promise));
    return promise.future();
  }
}
