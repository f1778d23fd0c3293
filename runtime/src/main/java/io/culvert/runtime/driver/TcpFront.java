package io.culvert.runtime.driver;

import io.vertx.core.net.ServerSSLOptions;
import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands before the protocol on a TCP connection: a PROXY protocol header, TLS, or both in
 * this order.
 *
 * @param proxies who must begin with such a header; everybody else is closed at once. Empty where
 *     there is none
 * @param tls or null where it is not used
 * @param timeoutMillis how long all of it may take
 */
public record TcpFront(
    List<AddressRange> proxies, @Nullable ServerSSLOptions tls, long timeoutMillis) {
  public TcpFront {
    proxies = List.copyOf(proxies);
    if (proxies.isEmpty() && tls == null) {
      throw new IllegalArgumentException("neither PROXY protocol nor TLS");
    }
    if (timeoutMillis < 1) {
      throw new IllegalArgumentException("timeoutMillis must be positive");
    }
  }

  /** Whether a header is expected. */
  boolean isProxied() {
    return !proxies.isEmpty();
  }

  /** Whether a peer may connect. */
  boolean admits(@Nullable SocketAddress peer) {
    return proxies.isEmpty()
        || (peer != null && proxies.stream().anyMatch(range -> range.contains(peer)));
  }
}
