package io.culvert.runtime.driver;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end. It is a view of the socket and computes its answers when asked, so to
 * keep it costs an idle connection nothing. Addresses may be unknown, and may be forgotten once the
 * connection has ended. Its text is the remote address, for logs.
 */
public interface Peer {
  /** An address in words, without the name that Java puts before it. */
  static String text(@Nullable SocketAddress address) {
    String text = String.valueOf(address);
    return address instanceof InetSocketAddress ? text.substring(text.indexOf('/') + 1) : text;
  }

  /**
   * How the bytes come: {@code tcp}, {@code tls}, {@code unix}, {@code ws}, {@code wss} or {@code
   * stream}.
   */
  String transport();

  /** The peer's address; a Unix domain socket has none. */
  @Nullable SocketAddress remote();

  /** The address at which the peer has reached us. */
  @Nullable SocketAddress local();

  /** The TLS session, with the peer's certificates if it has shown some; null without TLS. */
  default @Nullable SSLSession tlsSession() {
    return null;
  }

  /** Which process it is, where that is known: on Unix domain sockets. */
  default @Nullable PeerCredentials credentials() {
    return null;
  }
}
