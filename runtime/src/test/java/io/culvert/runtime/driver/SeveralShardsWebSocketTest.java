package io.culvert.runtime.driver;

import io.vertx.core.Future;
import java.io.IOException;
import java.util.List;

/** Over WebSocket. */
class SeveralShardsWebSocketTest extends SeveralShardsContract {
  @Override
  Future<EngineServer> listen(
      List<ServingShard<ToyEngine.Event, ToyEngine>> serving, int maxConnections) {
    return EngineServer.listenWebSocket(
        serving,
        WebSocketOptions.of("127.0.0.1", 0, "/toy", List.of("toy"))
            .withMaxConnections(maxConnections));
  }

  @Override
  ToyClient client(int port) throws IOException {
    return new WebSocketClient(port, 0);
  }
}
