package io.culvert.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.broker.config.MetricsOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Watchers that are not what they should be. */
class MetricsServerTest {
  private static final int REQUEST_MILLIS = 200;

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void whoSendsARequestByteByByteIsClosed() throws Exception {
    try (Socket slow = new Socket("127.0.0.1", listen())) {
      slow.setSoTimeout(REQUEST_MILLIS / 10);
      assertThat(isClosedWhileItSends(slow, "GET /health/live HTTP/1.1\r\n")).isTrue();
    }
  }

  @Test
  void whoAsksAndSaysNothingMoreIsClosed() throws Exception {
    try (Socket quiet = new Socket("127.0.0.1", listen())) {
      quiet.setSoTimeout(10_000);
      quiet
          .getOutputStream()
          .write("GET /nowhere HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      String answer =
          new String(
              quiet.getInputStream().readAllBytes(), StandardCharsets.US_ASCII); // to its end
      assertThat(answer).startsWith("HTTP/1.1 404");
    }
  }

  /** Sends as slowly as that takes fifty times as long as a request may. */
  private static boolean isClosedWhileItSends(Socket slow, String start) throws IOException {
    for (int i = 0; i < 50 * 10; i++) {
      int next = i < start.length() ? start.charAt(i) : 'x';
      try {
        slow.getOutputStream().write(next);
        if (slow.getInputStream().read() < 0) {
          return true;
        }
      } catch (SocketTimeoutException nothing) {
        // it is still there
      } catch (IOException reset) {
        return true;
      }
    }
    return false;
  }

  private int listen() throws Exception {
    MetricsOptions options = new MetricsOptions("127.0.0.1", 0);
    MetricsServer server =
        MetricsServer.listen(
                vertx,
                options,
                () -> Future.failedFuture("nobody asks"),
                () -> true,
                REQUEST_MILLIS)
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
    return URI.create(server.uri(options)).getPort();
  }
}
