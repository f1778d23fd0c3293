package io.culvert.launcher;

import io.culvert.tcp.TcpServer;
import io.culvert.tcp.TcpServerOptions;
import io.culvert.tcp.demo.DemoServer;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import org.jspecify.annotations.Nullable;

/** The example server, on loopback. */
final class TcpDemo extends VerticleBase {
  private final TcpServerOptions options;
  private final int wantedPort;
  private @Nullable TcpServer server;
  private volatile int port;

  TcpDemo(TcpServerOptions options, int wantedPort) {
    this.options = options;
    this.wantedPort = wantedPort;
  }

  @Override
  public Future<?> start() {
    TcpServer created = DemoServer.create(vertx, options);
    server = created;
    return created.listen("127.0.0.1", wantedPort).onSuccess(bound -> port = bound);
  }

  @Override
  public Future<?> stop() {
    return server == null ? Future.succeededFuture() : server.close();
  }

  /** That it is bound to. */
  int port() {
    return port;
  }
}
