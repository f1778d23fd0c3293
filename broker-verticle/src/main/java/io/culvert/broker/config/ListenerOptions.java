package io.culvert.broker.config;

import io.culvert.runtime.config.Configuration;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Where and how clients are accepted.
 *
 * @param port 0 takes any
 * @param path of a WebSocket, as are the next two
 * @param subprotocols that are accepted, first one preferred
 * @param origins of web pages that may connect; empty for those of the same host only
 */
public record ListenerOptions(
    Type type,
    String bind,
    int port,
    String path,
    List<String> subprotocols,
    List<String> origins,
    int maximumConnections,
    int backlog) {

  /** The transport below MQTT. */
  public enum Type {
    TCP("tcp", "mqtt", 1883),
    WEBSOCKET("websocket", "ws", 8083);

    private final String text;
    private final String scheme;
    private final int defaultPort;

    Type(String text, String scheme, int defaultPort) {
      this.text = text;
      this.scheme = scheme;
      this.defaultPort = defaultPort;
    }

    static Type parse(String text) {
      return text.equals(WEBSOCKET.text) ? WEBSOCKET : TCP;
    }
  }

  public ListenerOptions {
    subprotocols = List.copyOf(subprotocols);
    origins = List.copyOf(origins);
  }

  /** From a section of {@code mqtt.listeners}. */
  static ListenerOptions from(Configuration section) {
    Type type = Type.parse(section.text("type"));
    return new ListenerOptions(
        type,
        section.text("bind"),
        section.isPresent("port") ? section.integer("port") : type.defaultPort,
        section.text("path"),
        section.texts("subprotocols"),
        section.texts("origins"),
        section.integer("max-connections"),
        section.integer("backlog"));
  }

  /** The same listener on another port. */
  public ListenerOptions withPort(int actualPort) {
    return new ListenerOptions(
        type, bind, actualPort, path, subprotocols, origins, maximumConnections, backlog);
  }

  /** What a client connects to: {@code mqtt://127.0.0.1:1883}, {@code ws://[::1]:8083/mqtt}. */
  public String uri() {
    String host = bind.contains(":") ? "[" + bind + "]" : bind;
    return type.scheme + "://" + host + ":" + port + (type == Type.WEBSOCKET ? path : "");
  }

  /** Whether only this machine can connect. May look a host name up, so it can block. */
  public boolean isLoopback() {
    try {
      return InetAddress.getByName(bind).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** As a section of {@code mqtt.listeners}. */
  public JsonObject toJson() {
    return new JsonObject()
        .put("type", type.text)
        .put("bind", bind)
        .put("port", port)
        .put("path", path)
        .put("subprotocols", new JsonArray(subprotocols))
        .put("origins", new JsonArray(origins))
        .put("max-connections", maximumConnections)
        .put("backlog", backlog);
  }
}
