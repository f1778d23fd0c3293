package io.culvert.runtime.driver;

import io.culvert.engine.Engine;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetSocketAddress;
import java.util.function.Supplier;

/** A listener that serves engines on one shard. Its methods may be called from any thread. */
public final class EngineServer {
  private final Endpoint<?, ?> endpoint;
  private final int port;
  private final Supplier<Future<Void>> stopAccepting;

  private EngineServer(Endpoint<?, ?> endpoint, int port, Supplier<Future<Void>> stopAccepting) {
    this.endpoint = endpoint;
    this.port = port;
    this.stopAccepting = stopAccepting;
  }

  /** Listens for plain TCP connections. Fails as the bind fails. */
  public static <E, N extends Engine<E>> Future<EngineServer> listenTcp(
      Shard shard, TcpOptions options, Application<E, N> application) {
    Endpoint<E, N> endpoint = new Endpoint<>(shard, application, options.maxConnections());
    return TcpListener.listen(endpoint, options)
        .map(
            channel ->
                new EngineServer(
                    endpoint,
                    ((InetSocketAddress) channel.localAddress()).getPort(),
                    () -> {
                      Promise<Void> closed = shard.internalContext().promise();
                      channel.close().addListener(done -> closed.complete());
                      return closed.future();
                    }));
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
    Promise<Void> closed = endpoint.shard().internalContext().promise();
    endpoint
        .shard()
        .context()
        .runOnContext(
            ignored -> stopAccepting.get().compose(done -> endpoint.end()).onComplete(closed));
    return closed.future();
  }
}
