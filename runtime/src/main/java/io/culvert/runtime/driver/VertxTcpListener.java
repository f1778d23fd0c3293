package io.culvert.runtime.driver;

import io.vertx.core.Future;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;

/**
 * Lets a Vert.x {@link NetServer} accept, for what it can and {@link TcpListener} cannot: TLS with
 * server names and replaced certificates, the PROXY protocol. The accepted channel is then taken
 * over by a {@link TcpTransport}, behind Netty's TLS handler if there is one.
 */
final class VertxTcpListener {
  private final Endpoint<?, ?> endpoint;

  private VertxTcpListener(Endpoint<?, ?> endpoint) {
    this.endpoint = endpoint;
  }

  /** Listens; called in the shard's context. */
  static Future<NetServer> listen(Endpoint<?, ?> endpoint, NetServerOptions options) {
    VertxTcpListener listener = new VertxTcpListener(endpoint);
    return endpoint
        .shard()
        .context()
        .owner()
        .createNetServer(options)
        .connectHandler(listener::accepted)
        .listen();
  }

  private void accepted(NetSocket socket) {
    if (!endpoint.admits()) {
      socket.close();
      return;
    }
    TcpTransport.takeOver(endpoint, socket);
  }
}
