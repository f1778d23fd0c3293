package io.culvert.runtime.driver;

import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import java.util.List;

/**
 * The HTTP side of WebSocket connections: every request that is not a fitting WebSocket handshake
 * gets an answer that a person can read.
 */
final class WebSocketListener {
  private final Endpoint<?, ?> endpoint;
  private final WebSocketOptions options;

  private WebSocketListener(Endpoint<?, ?> endpoint, WebSocketOptions options) {
    this.endpoint = endpoint;
    this.options = options;
  }

  /**
   * Listens; called in the shard's context.
   *
   * @param server in place of those of {@code options}
   */
  static Future<HttpServer> listen(
      Endpoint<?, ?> endpoint, WebSocketOptions options, HttpServerOptions server) {
    WebSocketListener listener = new WebSocketListener(endpoint, options);
    return endpoint
        .shard()
        .context()
        .owner()
        .createHttpServer(server)
        .requestHandler(listener::request)
        .listen();
  }

  private void request(HttpServerRequest request) {
    if (!options.path().equals(request.path())) {
      refuse(request, 404, "Nothing is here. The WebSocket is at " + options.path() + ".");
    } else if (!isHandshake(request)) {
      request.response().putHeader(HttpHeaders.UPGRADE, "websocket");
      refuse(request, 426, "This is a WebSocket for " + options.subprotocols() + ", not a page.");
    } else if (hasBody(request)) {
      refuse(request, 400, "A handshake has no body.");
    } else if (!offersSubprotocol(request)) {
      refuse(request, 400, "Offer one of these subprotocols: " + options.subprotocols() + ".");
    } else if (!options
        .origins()
        .allows(request.getHeader(HttpHeaders.ORIGIN), request.getHeader(HttpHeaders.HOST))) {
      refuse(request, 403, "Pages of this origin may not connect here.");
    } else if (!endpoint.admits()) {
      answer(request, 503, "There are too many connections.");
    } else {
      request
          .toWebSocket()
          .onSuccess(socket -> WebSocketTransport.serve(endpoint, socket))
          .onFailure(this::handshakeFailed);
    }
  }

  private void handshakeFailed(Throwable failure) {
    endpoint.notOpened();
    Shard.LOG.debug("A WebSocket handshake failed: {}", failure.toString());
  }

  private static boolean isHandshake(HttpServerRequest request) {
    return HttpMethod.GET.equals(request.method())
        && "websocket".equalsIgnoreCase(request.getHeader(HttpHeaders.UPGRADE));
  }

  /** Vert.x would wait for it, and never tell what became of one that is too long. */
  private static boolean hasBody(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
        || (length != null && !length.strip().equals("0"));
  }

  private boolean offersSubprotocol(HttpServerRequest request) {
    List<String> headers = request.headers().getAll("Sec-WebSocket-Protocol");
    return headers.stream()
        .flatMap(header -> Arrays.stream(header.split(",", -1)))
        .anyMatch(offered -> options.subprotocols().contains(offered.strip()));
  }

  private void refuse(HttpServerRequest request, int status, String text) {
    endpoint.counters().refused++;
    answer(request, status, text);
  }

  private static void answer(HttpServerRequest request, int status, String text) {
    request
        .response()
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
        .putHeader(HttpHeaders.CONNECTION, "close")
        .end(text + "\n");
  }
}
