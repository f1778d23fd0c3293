package io.culvert.broker.config;

import io.culvert.broker.auth.CertificateField;
import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.Problem;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where and how clients are accepted.
 *
 * @param port 0 takes any
 * @param path of a WebSocket, as are the next two
 * @param subprotocols that are accepted, first one preferred
 * @param origins of web pages that may connect; empty for those of the same host only
 * @param limits where they are not those of the broker
 * @param tls or null where it is not used
 * @param auth names of the plug-ins that decide about its clients; empty for those of {@code
 *     auth.chain}
 * @param unix of a Unix domain socket, which has neither address nor port; else null
 * @param proxy that says by the PROXY protocol whom connections come from, or null where none does
 */
public record ListenerOptions(
    Type type,
    String bind,
    int port,
    String path,
    List<String> subprotocols,
    List<String> origins,
    int maximumConnections,
    int backlog,
    ListenerLimits limits,
    @Nullable TlsSettings tls,
    List<String> auth,
    @Nullable UnixSocket unix,
    @Nullable ProxySettings proxy) {

  /** The transport below MQTT. */
  public enum Type {
    TCP("tcp", "mqtt", 1883, 8883),
    UNIX("unix", "unix", 0, 0),
    WEBSOCKET("websocket", "ws", 8083, 8084);

    private final String text;
    private final String scheme;
    private final int defaultPort;
    private final int defaultTlsPort;

    Type(String text, String scheme, int defaultPort, int defaultTlsPort) {
      this.text = text;
      this.scheme = scheme;
      this.defaultPort = defaultPort;
      this.defaultTlsPort = defaultTlsPort;
    }

    static Type parse(String text) {
      return switch (text) {
        case "websocket" -> WEBSOCKET;
        case "unix" -> UNIX;
        default -> TCP;
      };
    }
  }

  public ListenerOptions {
    subprotocols = List.copyOf(subprotocols);
    origins = List.copyOf(origins);
    auth = List.copyOf(auth);
  }

  /** From a section of {@code mqtt.listeners}. */
  static ListenerOptions from(Configuration section, List<Problem> problems) {
    Type type = Type.parse(section.text("type"));
    UnixSocket unix = UnixSocket.from(section, type, problems);
    TlsSettings tls = TlsSettings.from(section);
    int defaultPort = tls == null ? type.defaultPort : type.defaultTlsPort;
    return new ListenerOptions(
        type,
        section.text("bind"),
        section.isPresent("port") ? section.integer("port") : defaultPort,
        section.text("path"),
        section.texts("subprotocols"),
        section.texts("origins"),
        section.integer("max-connections"),
        section.integer("backlog"),
        ListenerLimits.from(section),
        tls,
        section.texts("auth"),
        unix,
        ProxySettings.from(section, type, problems));
  }

  /**
   * Adds what is wrong with it; looks at files, so it blocks.
   *
   * @param path of its section
   */
  void check(String path, List<Problem> problems) {
    limits.check(path, problems);
    if (tls != null) {
      tls.check(path, problems);
    }
  }

  /** The same listener on another port. */
  public ListenerOptions withPort(int actualPort) {
    return new ListenerOptions(
        type,
        bind,
        actualPort,
        path,
        subprotocols,
        origins,
        maximumConnections,
        backlog,
        limits,
        tls,
        auth,
        unix,
        proxy);
  }

  /**
   * What a client connects to: {@code mqtt://127.0.0.1:1883}, {@code ws://[::1]:8083/mqtt}, or with
   * {@code mqtts}, {@code wss}, or {@code unix:///run/culvert.sock}.
   */
  public String uri() {
    if (unix != null) {
      return "unix://" + unix.file();
    }
    String host = bind.contains(":") ? "[" + bind + "]" : bind;
    String scheme = tls == null ? type.scheme : type.scheme + "s";
    return scheme + "://" + host + ":" + port + (type == Type.WEBSOCKET ? path : "");
  }

  /** What of a client's certificate says which user it is. */
  public CertificateField userField() {
    return tls == null ? CertificateField.NONE : tls.userField();
  }

  /** Whether only this machine can connect. May look a host name up, so it can block. */
  public boolean isLoopback() {
    if (unix != null) {
      return true;
    }
    if (proxy != null) {
      return false; // whoever can connect to the proxy
    }
    try {
      return InetAddress.getByName(bind).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** As a section of {@code mqtt.listeners}. */
  public JsonObject toJson() {
    JsonObject section =
        new JsonObject()
            .put("type", type.text)
            .put("max-connections", maximumConnections)
            .put("backlog", backlog)
            .put("auth", new JsonArray(auth));
    if (unix != null) {
      unix.addTo(section);
    } else {
      section
          .put("bind", bind)
          .put("port", port)
          .put("path", path)
          .put("subprotocols", new JsonArray(subprotocols))
          .put("origins", new JsonArray(origins));
    }
    limits.addTo(section);
    if (proxy != null) {
      proxy.addTo(section);
    }
    if (tls != null) {
      tls.addTo(section);
    }
    return section;
  }
}
