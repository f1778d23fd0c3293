package io.culvert.runtime.driver;

import io.vertx.core.Future;
import java.io.IOException;
import java.util.List;

/** Over TLS. */
class SeveralShardsTlsTest extends SeveralShardsContract {
  @Override
  Future<EngineServer> listen(
      List<ServingShard<ToyEngine.Event, ToyEngine>> serving, int maxConnections) {
    return EngineServer.listenTcp(serving, TlsTest.options(), maxConnections, 0);
  }

  @Override
  ToyClient client(int port) throws IOException {
    return TlsTest.newClient(port, 0);
  }
}
