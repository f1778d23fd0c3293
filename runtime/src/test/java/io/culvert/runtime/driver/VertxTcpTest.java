package io.culvert.runtime.driver;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.NetServerOptions;

/** Over channels that a Vert.x NetServer has accepted. */
class VertxTcpTest extends SocketContract {
  @Override
  Vertx newVertx() {
    return Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
  }

  @Override
  Future<EngineServer> listen(int maxConnections) {
    NetServerOptions options = new NetServerOptions().setHost("127.0.0.1").setPort(0);
    return EngineServer.listenTcp(shard, options, maxConnections, app);
  }

  @Override
  long unsentBytes(ToyEngine engine) {
    return ((TcpTransport) engine.peer).unsentBytes();
  }
}
