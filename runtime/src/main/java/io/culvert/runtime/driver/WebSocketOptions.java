package io.culvert.runtime.driver;

import io.vertx.core.http.HttpServerOptions;
import java.util.List;

/**
 * Where and how a WebSocket listener listens.
 *
 * @param server host, port, TLS; what concerns WebSocket in it is overwritten
 * @param path the only path that is served
 * @param subprotocols the subprotocols that a client may offer, the preferred one first
 * @param origins which web pages may connect
 * @param maxFrameBytes larger frames close the connection
 * @param maxConnections connections beyond this are answered with 503
 * @param connectsPerSecond those beyond this as well; 0 for any number
 */
public record WebSocketOptions(
    HttpServerOptions server,
    String path,
    List<String> subprotocols,
    OriginCheck origins,
    int maxFrameBytes,
    int maxConnections,
    int connectsPerSecond) {
  /** Clients put one packet in a frame; larger packets need a larger limit. */
  public static final int DEFAULT_MAX_FRAME_BYTES = 1024 * 1024;

  /** How long a peer may take to answer our close. */
  private static final int CLOSING_SECONDS = 2;

  public WebSocketOptions {
    subprotocols = List.copyOf(subprotocols);
    if (!path.startsWith("/") || subprotocols.isEmpty()) {
      throw new IllegalArgumentException("path must start with / and a subprotocol be named");
    }
    if (maxFrameBytes < 1 || maxConnections < 1 || connectsPerSecond < 0) {
      throw new IllegalArgumentException(
          "maxFrameBytes and maxConnections must be positive, connectsPerSecond not negative");
    }
    server =
        new HttpServerOptions(server)
            .setWebSocketSubProtocols(subprotocols)
            .setMaxWebSocketFrameSize(maxFrameBytes)
            .setMaxWebSocketMessageSize(Integer.MAX_VALUE) // a message is never put together
            .setWebSocketClosingTimeout(CLOSING_SECONDS)
            .setPerFrameWebSocketCompressionSupported(false) // a size limit would mean nothing
            .setPerMessageWebSocketCompressionSupported(false);
  }

  /** With the defaults of a listener on the loopback interface. */
  public static WebSocketOptions of(String host, int port, String path, List<String> subprotocols) {
    return new WebSocketOptions(
        new HttpServerOptions().setHost(host).setPort(port),
        path,
        subprotocols,
        OriginCheck.LOOPBACK,
        DEFAULT_MAX_FRAME_BYTES,
        Integer.MAX_VALUE,
        0);
  }

  public WebSocketOptions withMaxFrameBytes(int limit) {
    return new WebSocketOptions(
        server, path, subprotocols, origins, limit, maxConnections, connectsPerSecond);
  }

  public WebSocketOptions withMaxConnections(int limit) {
    return new WebSocketOptions(
        server, path, subprotocols, origins, maxFrameBytes, limit, connectsPerSecond);
  }
}
