package io.culvert.runtime.driver;

import io.vertx.core.Future;
import java.util.List;

/** Over the JDK's selector. */
class SeveralShardsTcpNioTest extends SeveralShardsContract {
  @Override
  Future<EngineServer> listen(
      List<ServingShard<ToyEngine.Event, ToyEngine>> serving, int maxConnections) {
    return EngineServer.listenTcp(
        serving, TcpOptions.of("127.0.0.1", 0).withMaxConnections(maxConnections));
  }
}
