package io.culvert.conformance.peer;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * How a client finds the broker.
 *
 * @param path of the WebSocket, with its leading slash; unused over TCP
 */
public record PeerOptions(
    String clientId, InetSocketAddress address, String path, @Nullable Message will) {

  /** As the session outlives a connection: longer than any test. */
  static final int SESSION_EXPIRY_SECONDS = 600;

  static final int KEEP_ALIVE_SECONDS = 60;

  /**
   * The HiveMQ client takes topic aliases, so that all tests are played with them. Paho says that
   * it can and then leaves out the topic (paho.mqtt.java issue 866).
   */
  static final int TOPIC_ALIAS_MAXIMUM = 5;

  /** More than a window of any test. */
  static final int MAXIMUM_IN_FLIGHT = 1_000;

  String host() {
    return address.getHostString();
  }

  int port() {
    return address.getPort();
  }

  /** For clients that are told where to go by a URI. */
  String uri(Transport transport, String tcpScheme) {
    return switch (transport) {
      case TCP -> tcpScheme + "://" + host() + ":" + port();
      case WEB_SOCKET -> "ws://" + host() + ":" + port() + path;
    };
  }
}
