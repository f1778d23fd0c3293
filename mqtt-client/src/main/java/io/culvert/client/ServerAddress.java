package io.culvert.client;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * Where a server is, and how it is reached.
 *
 * @param host name or address; of a Unix domain socket, the path of its file
 * @param port 0 for a Unix domain socket
 * @param path of a WebSocket, with its query; otherwise empty
 */
public record ServerAddress(Transport transport, String host, int port, String path) {
  /** Where most servers have their WebSocket. */
  public static final String DEFAULT_PATH = "/mqtt";

  public ServerAddress {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("an address needs a host, or the path of a socket");
    }
    if (transport == Transport.UNIX ? port != 0 : port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port " + port);
    }
    if (transport.isWebSocket() != path.startsWith("/")
        || (!transport.isWebSocket() && !path.isEmpty())) {
      throw new IllegalArgumentException("path " + path + " of " + transport);
    }
  }

  /** How bytes travel. */
  public enum Transport {
    TCP(1883),
    TLS(8883),
    WEB_SOCKET(80),
    WEB_SOCKET_TLS(443),
    UNIX(0);

    private final int defaultPort;

    Transport(int defaultPort) {
      this.defaultPort = defaultPort;
    }

    /** The port that is meant where none is named. */
    public int defaultPort() {
      return defaultPort;
    }

    boolean isTls() {
      return this == TLS || this == WEB_SOCKET_TLS;
    }

    boolean isWebSocket() {
      return this == WEB_SOCKET || this == WEB_SOCKET_TLS;
    }
  }

  /** A server at a host, with the port that is usual for the transport. */
  public static ServerAddress of(Transport transport, String host) {
    return of(transport, host, transport.defaultPort);
  }

  public static ServerAddress of(Transport transport, String host, int port) {
    return new ServerAddress(transport, host, port, transport.isWebSocket() ? DEFAULT_PATH : "");
  }

  /** The socket file of a server on this machine. */
  public static ServerAddress unix(String file) {
    return new ServerAddress(Transport.UNIX, file, 0, "");
  }

  /**
   * Parses {@code mqtt://host:port} (also {@code tcp}), {@code mqtts://…} (also {@code ssl}, {@code
   * tls}), {@code ws://host:port/path}, {@code wss://…} or {@code unix:/path/of/socket}. Ports have
   * defaults: 1883, 8883, 80, 443; the path of a WebSocket is {@code /mqtt} unless it is named.
   *
   * @throws IllegalArgumentException that says what is wrong
   */
  public static ServerAddress parse(String text) {
    if (text.startsWith("unix:")) {
      String file = text.substring("unix:".length());
      return unix(file.startsWith("//") ? file.substring(2) : file);
    }
    URI uri;
    try {
      uri = new URI(text.contains("://") ? text : "mqtt://" + text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("no address of a server: " + e.getMessage(), e);
    }
    Transport transport = transport(uri.getScheme(), text);
    String host = uri.getHost();
    if (host == null || uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
      throw new IllegalArgumentException(
          text + " is no address of a server; one looks like mqtt://host:1883");
    }
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    int port = uri.getPort() < 0 ? transport.defaultPort : uri.getPort();
    String path = uri.getRawPath();
    if (!transport.isWebSocket()) {
      if (!path.isEmpty() && !path.equals("/")) {
        throw new IllegalArgumentException(text + ": only a WebSocket has a path");
      }
      return of(transport, bare, port);
    }
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    return new ServerAddress(transport, bare, port, (path.isEmpty() ? DEFAULT_PATH : path) + query);
  }

  /**
   * The server that this one refers to in a Server Reference, which names one or several as {@code
   * host} or {@code host:port}, separated by spaces: the first. It is reached as this one is.
   *
   * @throws IllegalArgumentException when it cannot be read
   */
  ServerAddress referred(String reference) {
    String first = reference.strip().split("\\s+", 2)[0];
    if (first.contains("://") || transport == Transport.UNIX) {
      return parse(first);
    }
    ServerAddress plain = parse("mqtt://" + first);
    boolean hasPort = first.matches(".*:[0-9]+");
    return new ServerAddress(
        transport, plain.host, hasPort ? plain.port : transport.defaultPort, path);
  }

  private static Transport transport(String scheme, String text) {
    return switch (scheme.toLowerCase(Locale.ROOT)) {
      case "mqtt", "tcp" -> Transport.TCP;
      case "mqtts", "ssl", "tls" -> Transport.TLS;
      case "ws" -> Transport.WEB_SOCKET;
      case "wss" -> Transport.WEB_SOCKET_TLS;
      default ->
          throw new IllegalArgumentException(
              text + ": the scheme is mqtt, mqtts, ws, wss or unix, not " + scheme);
    };
  }

  /** As {@link #parse} takes it. */
  @Override
  public String toString() {
    String where = (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    return switch (transport) {
      case TCP -> "mqtt://" + where;
      case TLS -> "mqtts://" + where;
      case WEB_SOCKET -> "ws://" + where + path;
      case WEB_SOCKET_TLS -> "wss://" + where + path;
      case UNIX -> "unix:" + host;
    };
  }
}
