package io.culvert.runtime.driver;

import io.culvert.engine.Engine;
import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.NetServerOptions;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A listener that serves engines on one shard, or spreads its connections evenly over several: one
 * after the other. Its methods may be called from any thread.
 */
public final class EngineServer {
  private final List<Endpoint<?, ?>> endpoints;
  private final int port;
  private final Supplier<Future<Void>> close;

  private EngineServer(
      List<? extends Endpoint<?, ?>> endpoints, int port, Supplier<Future<Void>> close) {
    this.endpoints = List.copyOf(endpoints);
    this.port = port;
    this.close = close;
  }

  /** Listens for plain TCP connections: the cheapest way. Fails as the bind fails. */
  public static <E, N extends Engine<E>> Future<EngineServer> listenTcp(
      Shard shard, TcpOptions options, Application<E, N> application) {
    return listenTcp(List.of(new ServingShard<>(shard, application)), options);
  }

  /** As above, over several shards; the first one accepts. */
  public static <E, N extends Engine<E>> Future<EngineServer> listenTcp(
      List<ServingShard<E, N>> shards, TcpOptions options) {
    Admission admission = new Admission(options.maxConnections(), options.connectsPerSecond());
    List<Endpoint<E, N>> endpoints = endpoints(shards, admission);
    Shard first = shards.get(0).shard();
    return TcpListener.listen(endpoints, admission, options)
        .map(
            channel ->
                new EngineServer(
                    endpoints,
                    ((InetSocketAddress) channel.localAddress()).getPort(),
                    () -> closed(first, channel).compose(done -> end(endpoints))));
  }

  /** Listens for TCP connections by a Vert.x server: for TLS, server names, the PROXY protocol. */
  public static <E, N extends Engine<E>> Future<EngineServer> listenTcp(
      Shard shard, NetServerOptions options, int maxConnections, Application<E, N> application) {
    return listenTcp(List.of(new ServingShard<>(shard, application)), options, maxConnections, 0);
  }

  /**
   * As above, over several shards.
   *
   * @param connectsPerSecond connections beyond this are closed at once; 0 for any number
   */
  public static <E, N extends Engine<E>> Future<EngineServer> listenTcp(
      List<ServingShard<E, N>> shards,
      NetServerOptions options,
      int maxConnections,
      int connectsPerSecond) {
    NetServerOptions shared = new NetServerOptions(options);
    shared.setPort(portOfAll(shards, options.getPort()));
    return listenByVertx(
        shards,
        new Admission(maxConnections, connectsPerSecond),
        endpoint ->
            VertxTcpListener.listen(endpoint, shared)
                .map(server -> new Bound(server.actualPort(), server::close)));
  }

  /** Listens for WebSocket connections. */
  public static <E, N extends Engine<E>> Future<EngineServer> listenWebSocket(
      Shard shard, WebSocketOptions options, Application<E, N> application) {
    return listenWebSocket(List.of(new ServingShard<>(shard, application)), options);
  }

  /** As above, over several shards. */
  public static <E, N extends Engine<E>> Future<EngineServer> listenWebSocket(
      List<ServingShard<E, N>> shards, WebSocketOptions options) {
    HttpServerOptions shared = new HttpServerOptions(options.server());
    shared.setPort(portOfAll(shards, shared.getPort()));
    return listenByVertx(
        shards,
        new Admission(options.maxConnections(), options.connectsPerSecond()),
        endpoint ->
            WebSocketListener.listen(endpoint, options, shared)
                .map(server -> new Bound(server.actualPort(), server::close)));
  }

  /** The port that is bound. */
  public int port() {
    return port;
  }

  /** Connections that have a socket. */
  public int connections() {
    return (int) counters().open();
  }

  /** What all its shards have done until now. */
  public DriverCounters counters() {
    return DriverCounters.sum(endpoints.stream().map(Endpoint::counters).toList());
  }

  /**
   * Accepts no more, and ends each connection after what its outbox holds has been sent; a peer
   * that does not read is cut off after some seconds. An application that has something to say to
   * its peers (a DISCONNECT with its reason) commands its engines first.
   */
  public Future<Void> close() {
    return onShard(endpoints.get(0).shard(), close);
  }

  private static <E, N extends Engine<E>> List<Endpoint<E, N>> endpoints(
      List<ServingShard<E, N>> shards, Admission admission) {
    return shards.stream()
        .map(serving -> new Endpoint<>(serving.shard(), serving.application(), admission))
        .toList();
  }

  /** Vert.x spreads connections over servers that have the same address. */
  private static <E, N extends Engine<E>> Future<EngineServer> listenByVertx(
      List<ServingShard<E, N>> shards,
      Admission admission,
      Function<Endpoint<E, N>, Future<Bound>> listen) {
    List<Endpoint<E, N>> endpoints = endpoints(shards, admission);
    List<Bound> servers = new ArrayList<>();
    // A server closes its connections: ours must have ended before.
    Supplier<Future<Void>> close = () -> end(endpoints).eventually(() -> close(servers));
    Future<Void> bound = Future.succeededFuture();
    for (Endpoint<E, N> endpoint : endpoints) {
      bound =
          bound
              .compose(done -> onShard(endpoint.shard(), () -> listen.apply(endpoint)))
              .map(servers::add)
              .mapEmpty();
    }
    Promise<EngineServer> listening = shards.get(0).shard().internalContext().promise();
    bound
        .map(done -> new EngineServer(endpoints, servers.get(0).port, close))
        .recover(failure -> close.get().transform(closed -> Future.failedFuture(failure)))
        .onComplete(listening);
    return listening.future();
  }

  /** Vert.x takes one free port for all servers with the same negative number. */
  private static int portOfAll(List<?> shards, int port) {
    return port == 0 && shards.size() > 1
        ? -ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE)
        : port;
  }

  private static Future<Void> end(List<? extends Endpoint<?, ?>> endpoints) {
    return Future.join(
            endpoints.stream().map(endpoint -> onShard(endpoint.shard(), endpoint::end)).toList())
        .mapEmpty();
  }

  private static Future<Void> close(List<Bound> servers) {
    return Future.join(servers.stream().map(server -> server.close.get()).toList()).mapEmpty();
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

  /** A Vert.x server of one shard. */
  private record Bound(int port, Supplier<Future<Void>> close) {}
}
