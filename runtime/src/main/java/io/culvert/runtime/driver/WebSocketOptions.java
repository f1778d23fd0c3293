package io.culvert.runtime.driver;

import io.vertx.core.http.HttpServerOptions;
import java.util.List;

/**
 * Where and how a WebSocket listener listens.
 *
 * @param server host, port, TLS; only HTTP/1.1 is spoken
 * @param path the only path that is served
 * @param subprotocols the subprotocols that a client may offer, the preferred one first
 * @param origins which web pages may connect
 * @param maxConnections connections beyond this are answered with 503
 */
public record WebSocketOptions(
    HttpServerOptions server,
    String path,
    List<String> subprotocols,
    OriginCheck origins,
    int maxConnections) {
  /** How long a connection may take to send its handshake, unless the server's options say so. */
  public static final int DEFAULT_HANDSHAKE_SECONDS = 10;

  public WebSocketOptions {
    subprotocols = List.copyOf(subprotocols);
    if (!path.startsWith("/") || subprotocols.isEmpty()) {
      throw new IllegalArgumentException("path must start with / and a subprotocol be named");
    }
    if (maxConnections < 1) {
      throw new IllegalArgumentException("maxConnections must be positive");
    }
    server = new HttpServerOptions(server).setUseAlpn(false).setHttp2ClearTextEnabled(false);
    if (server.getIdleTimeout() == 0) {
      server.setIdleTimeout(DEFAULT_HANDSHAKE_SECONDS);
    }
  }

  /** With the defaults of a listener on the loopback interface. */
  public static WebSocketOptions of(String host, int port, String path, List<String> subprotocols) {
    return new WebSocketOptions(
        new HttpServerOptions().setHost(host).setPort(port),
        path,
        subprotocols,
        OriginCheck.LOOPBACK,
        Integer.MAX_VALUE);
  }

  public WebSocketOptions withOrigins(OriginCheck check) {
    return new WebSocketOptions(server, path, subprotocols, check, maxConnections);
  }

  public WebSocketOptions withMaxConnections(int limit) {
    return new WebSocketOptions(server, path, subprotocols, origins, limit);
  }
}
