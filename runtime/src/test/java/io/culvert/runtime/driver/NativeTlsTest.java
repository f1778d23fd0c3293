package io.culvert.runtime.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.OpenSSLEngineOptions;
import org.junit.jupiter.api.Test;

/** Over TLS by Netty's BoringSSL. */
class NativeTlsTest extends TlsTest {
  @Override
  Future<EngineServer> listen(int maxConnections) {
    NetServerOptions options = options().setSslEngineOptions(new OpenSSLEngineOptions());
    return EngineServer.listenTcp(shard, options, maxConnections, app);
  }

  @Test
  void isAvailableOnThisPlatform() {
    assertThat(OpenSSLEngineOptions.isAvailable()).isTrue();
  }
}
