package io.culvert.runtime.driver;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP side of WebSocket connections: a Vert.x server reads the request and answers the
 * handshake (RFC 6455 §4.2), then a {@link TcpTransport} takes the channel over. Every request that
 * is not a fitting handshake gets an answer that a person can read.
 */
final class WebSocketListener {
  private static final String KEY = "Sec-WebSocket-Key";
  private static final String ACCEPT = "Sec-WebSocket-Accept";
  private static final String VERSION = "Sec-WebSocket-Version";
  private static final String PROTOCOL = "Sec-WebSocket-Protocol";

  private final Endpoint<?, ?> endpoint;
  private final WebSocketOptions options;

  private WebSocketListener(Endpoint<?, ?> endpoint, WebSocketOptions options) {
    this.endpoint = endpoint;
    this.options = options;
  }

  /** Listens; called in the shard's context. */
  static Future<HttpServer> listen(Endpoint<?, ?> endpoint, WebSocketOptions options) {
    WebSocketListener listener = new WebSocketListener(endpoint, options);
    return endpoint
        .shard()
        .context()
        .owner()
        .createHttpServer(options.server())
        .requestHandler(listener::request)
        .listen();
  }

  private void request(HttpServerRequest request) {
    MultiMap headers = request.headers();
    String key = headers.get(KEY);
    String subprotocol = subprotocol(request);
    if (!options.path().equals(request.path())) {
      refuse(request, 404, "Nothing is here. The WebSocket is at " + options.path() + ".");
    } else if (!isUpgrade(request)) {
      request.response().putHeader(HttpHeaders.UPGRADE, "websocket");
      refuse(request, 426, "This is a WebSocket for " + options.subprotocols() + ", not a page.");
    } else if (!"13".equals(headers.get(VERSION))) {
      request.response().putHeader(VERSION, "13");
      refuse(request, 426, "The version of WebSocket must be 13.");
    } else if (key == null) {
      refuse(request, 400, "The header " + KEY + " is missing.");
    } else if (subprotocol == null) {
      refuse(request, 400, "Offer one of these subprotocols: " + options.subprotocols() + ".");
    } else if (!options
        .origins()
        .allows(headers.get(HttpHeaders.ORIGIN), headers.get(HttpHeaders.HOST))) {
      refuse(request, 403, "Pages of this origin may not connect here.");
    } else if (!endpoint.admits()) {
      answer(request, 503, "There are too many connections.");
    } else {
      upgrade(request, key, subprotocol);
    }
  }

  private void upgrade(HttpServerRequest request, String key, String subprotocol) {
    request
        .response()
        .putHeader(HttpHeaders.UPGRADE, "websocket")
        .putHeader(HttpHeaders.CONNECTION, "Upgrade")
        .putHeader(ACCEPT, WebSocketFrames.accept(key))
        .putHeader(PROTOCOL, subprotocol);
    request
        .toNetSocket()
        .onSuccess(socket -> TcpTransport.takeOver(endpoint, socket, new WebSocketFraming()))
        .onFailure(failure -> Shard.LOG.debug("A WebSocket handshake failed: {}", failure));
  }

  private static boolean isUpgrade(HttpServerRequest request) {
    return HttpMethod.GET.equals(request.method())
        && request.version() == HttpVersion.HTTP_1_1
        && "websocket".equalsIgnoreCase(request.getHeader(HttpHeaders.UPGRADE));
  }

  /** The first of ours that the client offers, or null. */
  private @Nullable String subprotocol(HttpServerRequest request) {
    for (String ours : options.subprotocols()) {
      for (String header : request.headers().getAll(PROTOCOL)) {
        if (Arrays.stream(header.split(",", -1)).anyMatch(offer -> offer.strip().equals(ours))) {
          return ours;
        }
      }
    }
    return null;
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
