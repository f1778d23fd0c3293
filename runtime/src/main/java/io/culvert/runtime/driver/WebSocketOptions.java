package io.culvert.runtime.driver;

import io.vertx.core.http.HttpServerOptions;
import java.util.List;
import java.util.concurrent.TimeUnit;

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
 * @param timeoutMillis how long a TLS handshake may take, and then all until the upgrade
 * @param unsentBytes how much the kernel takes of a connection before it has sent it, with Linux's
 *     own transport; 0 leaves it to the system
 */
public record WebSocketOptions(
    HttpServerOptions server,
    String path,
    List<String> subprotocols,
    OriginCheck origins,
    int maxFrameBytes,
    int maxConnections,
    int connectsPerSecond,
    long timeoutMillis,
    int unsentBytes) {
  /** Clients put one packet in a frame; larger packets need a larger limit. */
  public static final int DEFAULT_MAX_FRAME_BYTES = 1024 * 1024;

  private static final long DEFAULT_TIMEOUT_MILLIS = 10_000;

  /** How long a peer may take to answer our close. */
  private static final int CLOSING_SECONDS = 2;

  public WebSocketOptions {
    subprotocols = List.copyOf(subprotocols);
    if (!path.startsWith("/") || subprotocols.isEmpty()) {
      throw new IllegalArgumentException("path must start with / and a subprotocol be named");
    }
    if (maxFrameBytes < 1 || maxConnections < 1 || connectsPerSecond < 0 || timeoutMillis < 1) {
      throw new IllegalArgumentException(
          "maxFrameBytes, maxConnections and timeoutMillis must be positive, connectsPerSecond not"
              + " negative");
    }
    if (unsentBytes < 0) {
      throw new IllegalArgumentException("unsentBytes must not be negative");
    }
    server =
        new HttpServerOptions(server)
            .setHttp2ClearTextEnabled(false) // which has no WebSockets here, and many streams
            .setUseAlpn(false)
            .setWebSocketSubProtocols(subprotocols)
            .setMaxWebSocketFrameSize(maxFrameBytes)
            .setMaxWebSocketMessageSize(Integer.MAX_VALUE) // a message is never put together
            .setWebSocketClosingTimeout(CLOSING_SECONDS)
            .setPerFrameWebSocketCompressionSupported(false) // a size limit would mean nothing
            .setPerMessageWebSocketCompressionSupported(false);
    if (server.isSsl()) {
      server
          .setSslHandshakeTimeout(timeoutMillis)
          .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
    }
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
        0,
        DEFAULT_TIMEOUT_MILLIS,
        0);
  }

  public WebSocketOptions withMaxFrameBytes(int limit) {
    return new WebSocketOptions(
        server,
        path,
        subprotocols,
        origins,
        limit,
        maxConnections,
        connectsPerSecond,
        timeoutMillis,
        unsentBytes);
  }

  public WebSocketOptions withMaxConnections(int limit) {
    return new WebSocketOptions(
        server,
        path,
        subprotocols,
        origins,
        maxFrameBytes,
        limit,
        connectsPerSecond,
        timeoutMillis,
        unsentBytes);
  }

  public WebSocketOptions withTimeoutMillis(long limit) {
    return new WebSocketOptions(
        server,
        path,
        subprotocols,
        origins,
        maxFrameBytes,
        maxConnections,
        connectsPerSecond,
        limit,
        unsentBytes);
  }

  public WebSocketOptions withUnsentBytes(int limit) {
    return new WebSocketOptions(
        server,
        path,
        subprotocols,
        origins,
        maxFrameBytes,
        maxConnections,
        connectsPerSecond,
        timeoutMillis,
        limit);
  }
}
