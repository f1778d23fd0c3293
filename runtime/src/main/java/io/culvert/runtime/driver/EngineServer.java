package io.culvert.runtime.driver;

import io.culvert.engine.Engine;
import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.net.NetServerOptions;
import java.net.InetSocketAddress;
import java.util.function.Supplier;

/** A listener that serves engines on one shard. Its methods may be called from any thread. */
public final class EngineServer {
  private final Endpoint<?, ?> endpoint;
  private final int port;
  private final Supplier<Future<Void>> close;

  private EngineServer(Endpoint<?, ?> endpoint, int port, Supplier<Future<Void>> close) {
    this.endpoint = endpoint;
    this.port = port;
    this.close = close;
  }

  /** Listens for plain TCP connections: the cheapest way. Fails as the bind fails. */
  public static <E, N extends Engine<E>> Future<EngineServer> listenTcp(
      Shard shard, TcpOptions options, Application<E, N> application) {
    Endpoint<E, N> endpoint = new Endpoint<>(shard, application, options.maxConnections());
    return TcpListener.listen(endpoint, options)
        .map(
            channel ->
                new EngineServer(
                    endpoint,
                    ((InetSocketAddress) channel.localAddress()).getPort(),
                    () -> closed(shard, channel).compose(done -> endpoint.end())));
  }

  /** Listens for TCP connections by a Vert.x server: for TLS, server names, the PROXY protocol. */
  public static <E, N extends Engine<E>> Future<EngineServer> listenTcp(
      Shard shard, NetServerOptions options, int maxConnections, Application<E, N> application) {
    Endpoint<E, N> endpoint = new Endpoint<>(shard, application, maxConnections);
    return onShard(shard, () -> VertxTcpListener.listen(endpoint, options))
        .map(
            server ->
                new EngineServer(
                    endpoint,
                    server.actualPort(),
                    // The server closes its connections: ours must have ended before.
                    () -> endpoint.end().eventually(server::close)));
  }

  /** Listens for WebSocket connections. */
  public static <E, N extends Engine<E>> Future<EngineServer> listenWebSocket(
      Shard shard, WebSocketOptions options, Application<E, N> application) {
    Endpoint<E, N> endpoint = new Endpoint<>(shard, application, options.maxConnections());
    return onShard(shard, () -> WebSocketListener.listen(endpoint, options))
        .map(
            server ->
                new EngineServer(
                    endpoint, server.actualPort(), () -> endpoint.end().eventually(server::close)));
  }

  /** The port that is bound. */
  public int port() {
    return port;
  }

  /** Connections that have a socket. */
  public int connections() {
    return endpoint.count();
  }

  public DriverCounters counters() {
    return endpoint.counters();
  }

  /**
   * Accepts no more, and ends each connection after what its outbox holds has been sent; a peer
   * that does not read is cut off after some seconds. An application that has something to say to
   * its peers (a DISCONNECT with its reason) commands its engines first.
   */
  public Future<Void> close() {
    return onShard(endpoint.shard(), close);
  }

  private static Future<Void> closed(Shard shard, Channel channel) {
    Promise<Void> closed = shard.internalContext().promise();
    channel.close().addListener(done -> closed.complete());
    return closed.future();
  }

  static <T> Future<T> onShard(Shard shard, Supplier<Future<T>> call) {
    Promise<T> promise = shard.internalContext().promise();
    shard
        .context()
        .runOnContext(
            ignored -> Future.succeededFuture().compose(done -> call.get()).onComplete(promise));
    return promise.future();
  }
}
