package io.culvert.broker.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What of an address is shown. */
class JsonServerTest {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  @Test
  void whatMayBeASecretIsNot() {
    RemoteOptions options = options("https://user:pass@auth.test:8443/a%20b?key=secret#part");
    assertThat(options.shown()).isEqualTo("https://auth.test:8443/a%20b");
    assertThat(options.toString()).doesNotContain("secret", "pass");
    assertThat(options("http://[::1]?key=secret").shown()).isEqualTo("http://[::1]");
  }

  @Test
  void serverThatIsLateIsNamedWithoutIt() throws Exception {
    HttpServer silent =
        vertx
            .createHttpServer()
            .requestHandler(request -> {})
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get(30, TimeUnit.SECONDS);
    String address = "http://127.0.0.1:" + silent.actualPort() + "/keys";
    JsonServer server = new JsonServer(vertx, options(address + "?key=secret"));
    assertThatThrownBy(
            () -> server.get().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS))
        .cause()
        .isInstanceOf(TimeoutException.class)
        .hasMessage(address + " has not answered in 200 ms");
  }

  private static RemoteOptions options(String uri) {
    return new RemoteOptions(URI.create(uri), null, 200, 1);
  }
}
