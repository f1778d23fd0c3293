package io.culvert.runtime.driver;

import io.vertx.core.Future;
import io.vertx.core.net.NetServerOptions;
import java.util.List;

/** Over channels that Vert.x servers have accepted. */
class SeveralShardsVertxTcpTest extends SeveralShardsContract {
  @Override
  Future<EngineServer> listen(
      List<ServingShard<ToyEngine.Event, ToyEngine>> serving, int maxConnections) {
    NetServerOptions options = new NetServerOptions().setHost("127.0.0.1").setPort(0);
    return EngineServer.listenTcp(serving, options, maxConnections, 0);
  }
}
