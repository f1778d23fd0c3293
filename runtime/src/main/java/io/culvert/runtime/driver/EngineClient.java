package io.culvert.runtime.driver;

import io.culvert.engine.Engine;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;

/**
 * Opens TCP and TLS connections for engines of one shard. Vert.x resolves names, connects and does
 * TLS; the channel is then driven like a server's. Its methods may be called from any thread.
 *
 * <p>Whoever made it keeps it as long as its connections are wanted, and closes it.
 */
public final class EngineClient {
  private final Shard shard;
  private final NetClient client;

  private EngineClient(Shard shard, NetClient client) {
    this.shard = shard;
    this.client = client;
  }

  public static EngineClient create(Shard shard, NetClientOptions options) {
    return new EngineClient(shard, shard.context().owner().createNetClient(options));
  }

  /**
   * Connects, and completes with the engine that the application has opened; what that has to send
   * goes out at the end of the pass. Fails as the connect fails; then the application is not asked.
   */
  public <E, N extends Engine<E>> Future<N> connect(
      String host, int port, Application<E, N> application) {
    Promise<N> connected = shard.internalContext().promise();
    shard
        .context()
        .runOnContext(
            ignored ->
                client
                    .connect(port, host)
                    .map(
                        socket -> {
                          Endpoint<E, N> endpoint = Endpoint.unlimited(shard, application);
                          TcpTransport.takeOver(endpoint, socket);
                          return endpoint.only();
                        })
                    .onComplete(connected));
    return connected.future();
  }

  /** Closes all connections at once. An orderly end is commanded to the engines before. */
  public Future<Void> close() {
    return client.close();
  }
}
