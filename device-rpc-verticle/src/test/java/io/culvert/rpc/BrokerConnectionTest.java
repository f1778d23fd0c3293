package io.culvert.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetServer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Where a client connects to, and as whom. */
class BrokerConnectionTest {
  @Test
  void theUsualPortBecomesThatOfTlsAndAnotherStays() {
    ClientSSLOptions tls = new ClientSSLOptions();
    assertThat(BrokerConnection.of("broker").withTls(tls).port()).isEqualTo(8883);
    assertThat(BrokerConnection.of("broker", 1884).withTls(tls).port()).isEqualTo(1884);
  }

  @Test
  void theLoginIsSentWithTheTagAsClientIdentifier() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      Promise<Buffer> first = Promise.promise();
      NetServer server =
          await(
              vertx
                  .createNetServer()
                  .connectHandler(socket -> socket.handler(first::tryComplete))
                  .listen(0, "127.0.0.1"));
      BrokerConnection connection =
          BrokerConnection.of("127.0.0.1", server.actualPort()).withLogin("anna", "s3cret");
      Future<RpcClient> unused =
          RpcClient.create(vertx, connection, RpcClientOptions.of("2D_XX_0_9999")).connect();
      assertThat(await(first.future()).toString(StandardCharsets.ISO_8859_1))
          .contains("MQTT", "2D_XX_0_9999", "anna", "s3cret");
    } finally {
      await(vertx.close());
    }
  }

  @Test
  void thePasswordIsNotShown() {
    assertThat(BrokerConnection.of("broker").withLogin("anna", "s3cret").toString())
        .contains("anna@broker:1883")
        .doesNotContain("s3cret");
  }

  @Test
  void whatIsNoServerIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> BrokerConnection.of("broker", 0));
    assertThatIllegalArgumentException().isThrownBy(() -> BrokerConnection.of("broker", 65_536));
    assertThatIllegalArgumentException().isThrownBy(() -> BrokerConnection.of(""));
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.await(10, TimeUnit.SECONDS);
  }
}
