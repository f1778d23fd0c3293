package io.culvert.runtime.driver;

import io.vertx.core.Future;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.http.WebSocketInternal;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The HTTP side of WebSocket connections: every request that is not a fitting WebSocket handshake
 * gets an answer that a person can read.
 */
final class WebSocketListener {
  private final Endpoint<?, ?> endpoint;
  private final WebSocketOptions options;
  private final Map<HttpConnection, HttpApproach> approaching = new HashMap<>();

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
        .exceptionHandler(listener::handshakeOfTlsFailed)
        .connectionHandler(listener::connected)
        .requestHandler(listener::request)
        .listen();
  }

  private void handshakeOfTlsFailed(Throwable failure) {
    endpoint.counters().unopened++;
    Shard.LOG.debug("A TLS handshake failed: {}", failure.toString());
  }

  /** As many may be on their way as may be here: those that say nothing are not more than these. */
  private void connected(HttpConnection connection) {
    connection.exceptionHandler(WebSocketListener::broken); // that of the server until now
    if (approaching.size() >= options.maxConnections()) {
      endpoint.counters().refused++;
      var unused = connection.close();
      return;
    }
    HttpApproach approach = new HttpApproach(endpoint, connection, options.timeoutMillis());
    approaching.put(connection, approach);
    connection.closeHandler(
        closed -> {
          approaching.remove(connection);
          approach.ended();
        });
  }

  private static void broken(Throwable failure) {
    Shard.LOG.debug("An HTTP connection broke: {}", failure.toString());
  }

  private void request(HttpServerRequest request) {
    HttpApproach approach = approaching.get(request.connection());
    if (approach != null) { // else it is closed already
      request(request, approach);
    }
  }

  private void request(HttpServerRequest request, HttpApproach approach) {
    if (!options.path().equals(request.path())) {
      refuse(
          request, approach, 404, "Nothing is here. The WebSocket is at " + options.path() + ".");
    } else if (!isHandshake(request)) {
      request.response().putHeader(HttpHeaders.UPGRADE, "websocket");
      refuse(
          request,
          approach,
          426,
          "This is a WebSocket for " + options.subprotocols() + ", not a page.");
    } else if (hasBody(request)) {
      refuse(request, approach, 400, "A handshake has no body.");
    } else if (!offersSubprotocol(request)) {
      refuse(
          request,
          approach,
          400,
          "Offer one of these subprotocols: " + options.subprotocols() + ".");
    } else if (!options
        .origins()
        .allows(request.getHeader(HttpHeaders.ORIGIN), request.getHeader(HttpHeaders.HOST))) {
      refuse(request, approach, 403, "Pages of this origin may not connect here.");
    } else if (!endpoint.admits()) {
      answer(request, approach, 503, "There are too many connections.");
    } else {
      approach.admitted();
      request
          .toWebSocket()
          .onSuccess(socket -> upgraded(socket, request.connection(), approach))
          .onFailure(failure -> handshakeFailed(failure, request.connection(), approach));
    }
  }

  private void upgraded(ServerWebSocket socket, HttpConnection connection, HttpApproach approach) {
    approaching.remove(connection);
    if (approach.pass()) {
      UnsentLimit.set(
          ((WebSocketInternal) socket).channelHandlerContext().channel(), options.unsentBytes());
      WebSocketTransport.serve(endpoint, socket);
    }
  }

  /** Vert.x has answered, and would go on to answer whoever goes on to ask and reads nothing. */
  private static void handshakeFailed(
      Throwable failure, HttpConnection connection, HttpApproach approach) {
    approach.failed();
    var unused = connection.close();
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

  private void refuse(HttpServerRequest request, HttpApproach approach, int status, String text) {
    endpoint.counters().refused++;
    answer(request, approach, status, text);
  }

  private static void answer(
      HttpServerRequest request, HttpApproach approach, int status, String text) {
    approach.answered();
    request
        .response()
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
        .putHeader(HttpHeaders.CONNECTION, "close") // which Vert.x says only
        .end(text + "\n")
        .onComplete(sent -> request.connection().close());
  }
}
