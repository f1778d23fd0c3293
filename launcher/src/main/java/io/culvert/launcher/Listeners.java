package io.culvert.launcher;

import io.culvert.broker.config.BrokerOptions;
import io.culvert.broker.config.ListenerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Looks at the listeners before anything is started. */
final class Listeners {
  private Listeners() {}

  /** The address of a listener that other machines can reach and nobody can log in to, or null. */
  static @Nullable String uselessToOthers(BrokerOptions options) {
    if (!options.auth().chain().isEmpty()) {
      return null; // whoever gives a chain knows what it wants
    }
    return options.listeners().stream()
        .filter(listener -> listener.auth().isEmpty() && !listener.isLoopback())
        .filter(listener -> options.auth().chainOf(listener).isClosed())
        .map(ListenerOptions::uri)
        .findFirst()
        .orElse(null);
  }

  /**
   * Binds each address for a moment, to find out now and for each one apart whether it can be. A
   * port 0 stays 0: what is free now, another program may have by the time it is needed.
   */
  static void check(List<ListenerOptions> listeners) throws StartException {
    for (ListenerOptions listener : listeners) {
      if (listener.unix() != null) {
        continue; // whoever binds it finds out
      }
      try (ServerSocket socket = new ServerSocket()) {
        socket.setReuseAddress(true);
        InetAddress address = InetAddress.getByName(listener.bind());
        socket.bind(new InetSocketAddress(address, listener.port()), 1);
      } catch (UnknownHostException e) {
        throw StartException.failure(
            "the address %s to bind to is not known to this machine. Use an IP address of it, such as 127.0.0.1."
                .formatted(listener.bind()));
      } catch (IOException e) {
        throw StartException.failure(refusal(listener, String.valueOf(e.getMessage())));
      }
    }
  }

  private static String refusal(ListenerOptions listener, String reason) {
    String lower = reason.toLowerCase(Locale.ROOT);
    String flag = listener.type() == ListenerOptions.Type.TCP ? "--port" : "--ws-port";
    int other = listener.port() < 64_536 ? listener.port() + 1_000 : listener.port() - 1_000;
    if (lower.contains("in use")) {
      return """
          port %d on %s is in use by another program, perhaps another broker.
            Stop that one, or choose another port: %s %d (%s 0 takes a free one)"""
          .formatted(listener.port(), listener.bind(), flag, other, flag);
    }
    if (lower.contains("assign")) {
      return """
          %s is not an address of this machine.
            Use --bind with one that it has; 127.0.0.1 always works."""
          .formatted(listener.bind());
    }
    if (lower.contains("permission")) {
      return """
          port %d may not be opened by this user.
            Choose a port above 1023: %s %d"""
          .formatted(listener.port(), flag, Math.max(other, 1_883));
    }
    return "cannot listen on %s: %s.".formatted(listener.uri(), reason);
  }
}
