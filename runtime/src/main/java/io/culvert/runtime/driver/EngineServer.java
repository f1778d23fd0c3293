package io.culvert.runtime.driver;

import io.culvert.engine.Engine;
import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A listener that serves engines on one shard, or spreads its connections evenly over several: one
 * after the other. Its methods may be called from any thread.
 */
public final class EngineServer {
  private final List<Endpoint<?, ?>> endpoints;
  private final int port;
  private final Supplier<Future<Void>> stopAccepting;
  private final Supplier<Future<Void>> close;
  private final Function<ServerSSLOptions, Future<Void>> tls;

  private EngineServer(
      List<? extends Endpoint<?, ?>> endpoints,
      int port,
      Supplier<Future<Void>> stopAccepting,
      Supplier<Future<Void>> close,
      Function<ServerSSLOptions, Future<Void>> tls) {
    this.endpoints = List.copyOf(endpoints);
    this.port = port;
    this.stopAccepting = stopAccepting;
    this.close = close;
    this.tls = tls;
  }

  /** Listens for plain TCP connections: the cheapest way. Fails as the bind fails. */
  public static <E, N extends Engine<E>> Future<EngineServer> listenTcp(
      Shard shard, TcpOptions options, Application<E, N> application) {
    return listenTcp(List.of(new ServingShard<>(shard, application)), options);
  }

  /** As above, over several shards; the first one accepts. */
  public static <E, N extends Engine<E>> Future<EngineServer> listenTcp(
      List<ServingShard<E, N>> shards, TcpOptions options) {
    return listenTcp(shards, options, (Front) null);
  }

  /**
   * As above, with TLS or a PROXY protocol header before the engines' protocol. Fails, too, when a
   * certificate cannot be used.
   */
  public static <E, N extends Engine<E>> Future<EngineServer> listenTcp(
      List<ServingShard<E, N>> shards, TcpOptions options, TcpFront front) {
    ServerSSLOptions tls = front.tls();
    if (tls == null) {
      return listenTcp(shards, options, new Front(front, null));
    }
    return load(shards.get(0).shard(), tls)
        .compose(loaded -> listenTcp(shards, options, new Front(front, loaded)));
  }

  private static <E, N extends Engine<E>> Future<EngineServer> listenTcp(
      List<ServingShard<E, N>> shards, TcpOptions options, @Nullable Front front) {
    Admission admission = new Admission(options.maxConnections(), options.connectsPerSecond());
    List<Endpoint<E, N>> endpoints = endpoints(shards, admission);
    Shard first = shards.get(0).shard();
    return TcpListener.listen(endpoints, admission, options, front)
        .map(
            channel ->
                new EngineServer(
                    endpoints,
                    ((InetSocketAddress) channel.localAddress()).getPort(),
                    () -> closed(first, channel),
                    () ->
                        closed(first, channel)
                            .onComplete(done -> closeApproaching(front))
                            .compose(done -> end(endpoints)),
                    newest -> front == null ? noTls() : reload(first, front, newest)));
  }

  private static void closeApproaching(@Nullable Front front) {
    if (front != null) {
      var closing = front.approaching().close(); // nobody waits for those
      Shard.LOG.debug("closing {}", closing);
    }
  }

  private static Future<ServerTls> load(Shard shard, ServerSSLOptions options) {
    return blocking(shard, () -> ServerTls.load(shard.context().owner(), options));
  }

  private static Future<Void> reload(Shard shard, Front front, ServerSSLOptions newest) {
    return load(shard, newest)
        .map(
            loaded -> {
              front.tls(loaded);
              return null;
            });
  }

  private static Future<Void> noTls() {
    return Future.failedFuture(new IllegalStateException("this listener has no TLS"));
  }

  /**
   * Listens on a Unix domain socket, over several shards; the first one accepts. Needs the native
   * transport of Linux. A file that is left from an earlier start is replaced; one that somebody
   * listens on, or that is no socket, fails the start. The file is removed at the close.
   */
  public static <E, N extends Engine<E>> Future<EngineServer> listenUnix(
      List<ServingShard<E, N>> shards, UnixOptions options) {
    Admission admission = new Admission(options.maxConnections(), options.connectsPerSecond());
    List<Endpoint<E, N>> endpoints = endpoints(shards, admission);
    Shard first = shards.get(0).shard();
    return blocking(first, () -> UnixSocketFile.prepare(options))
        .compose(
            file ->
                TcpListener.listenUnix(endpoints, admission, file.bindAt(), options.backlog())
                    .compose(channel -> published(first, file, channel))
                    .map(
                        channel ->
                            new EngineServer(
                                endpoints,
                                0,
                                () -> unlistened(first, file, channel),
                                () ->
                                    unlistened(first, file, channel)
                                        .eventually(() -> end(endpoints)),
                                newest -> noTls()))
                    .recover(
                        failure ->
                            blocking(first, () -> removed(file))
                                .transform(done -> Future.failedFuture(failure))));
  }

  /** Listens for TCP connections by a Vert.x server: the fallback, under the same contract. */
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
                .map(
                    server ->
                        new Bound(
                            server.actualPort(),
                            server::close,
                            newest -> server.updateSSLOptions(newest, /* force= */ true))));
  }

  /** Listens for WebSocket connections. */
  public static <E, N extends Engine<E>> Future<EngineServer> listenWebSocket(
      Shard shard, WebSocketOptions options, Application<E, N> application) {
    return listenWebSocket(List.of(new ServingShard<>(shard, application)), options);
  }

  /** As above, over several shards. */
  public static <E, N extends Engine<E>> Future<EngineServer> listenWebSocket(
      List<ServingShard<E, N>> shards, WebSocketOptions options) {
    ServerSSLOptions tls = options.server().getSslOptions();
    return options.server().isSsl()
        ? load(shards.get(0).shard(), tls).compose(checked -> listenByHttp(shards, options))
        : listenByHttp(shards, options);
  }

  private static <E, N extends Engine<E>> Future<EngineServer> listenByHttp(
      List<ServingShard<E, N>> shards, WebSocketOptions options) {
    HttpServerOptions shared = new HttpServerOptions(options.server());
    shared.setPort(portOfAll(shards, shared.getPort()));
    return listenByVertx(
        shards,
        new Admission(options.maxConnections(), options.connectsPerSecond()),
        endpoint ->
            WebSocketListener.listen(endpoint, options, shared)
                .map(
                    server ->
                        new Bound(
                            server.actualPort(),
                            server::close,
                            newest -> server.updateSSLOptions(newest, /* force= */ true))));
  }

  /** The port that is bound; 0 for a Unix domain socket. */
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
   * Takes no more connections; those that there are go on. Plain TCP is not listened to any more;
   * where Vert.x listens, connections that still come are closed at once, or answered with 503.
   */
  public Future<Void> stopAccepting() {
    return onShard(endpoints.get(0).shard(), stopAccepting);
  }

  /**
   * Reads certificates and keys again: handshakes that begin from now on use them, connections that
   * are there live on. Fails, and changes nothing, when one cannot be used.
   */
  public Future<Void> reload(ServerSSLOptions newest) {
    return onShard(endpoints.get(0).shard(), () -> tls.apply(newest));
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
    Supplier<Future<Void>> stopAccepting =
        () -> {
          admission.close();
          return Future.succeededFuture();
        };
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
        .map(
            done ->
                new EngineServer(
                    endpoints,
                    servers.get(0).port,
                    stopAccepting,
                    close,
                    newest ->
                        load(endpoints.get(0).shard(), newest)
                            .compose(checked -> reload(servers, newest))))
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

  private static Future<Void> reload(List<Bound> servers, ServerSSLOptions newest) {
    return Future.join(servers.stream().map(server -> server.tls.apply(newest)).toList())
        .mapEmpty();
  }

  private static Future<Void> closed(Shard shard, Channel channel) {
    Promise<Void> closed = shard.internalContext().promise();
    channel.close().addListener(done -> closed.complete());
    return closed.future();
  }

  private static Future<Void> unlistened(Shard first, UnixSocketFile file, Channel channel) {
    return blocking(first, () -> removed(file)).eventually(() -> closed(first, channel));
  }

  private static Future<Channel> published(Shard first, UnixSocketFile file, Channel channel) {
    return blocking(
            first,
            () -> {
              file.publish();
              return channel;
            })
        .recover(failure -> closed(first, channel).transform(done -> Future.failedFuture(failure)));
  }

  private static Void removed(UnixSocketFile file) throws IOException {
    file.remove();
    return null;
  }

  private static <T> Future<T> blocking(Shard shard, Callable<T> work) {
    return shard.internalContext().executeBlocking(work, /* ordered= */ false);
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
  private record Bound(
      int port, Supplier<Future<Void>> close, Function<ServerSSLOptions, Future<Boolean>> tls) {}
}
