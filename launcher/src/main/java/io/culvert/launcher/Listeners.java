package io.culvert.launcher;

import io.culvert.broker.config.ListenerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Checks the listeners before anything is started. */
final class Listeners {
  private Listeners() {}

  /** Refuses to let strangers in by accident. */
  static void checkExposure(List<ListenerOptions> listeners, boolean anonymous)
      throws StartException {
    for (ListenerOptions listener : listeners) {
      if (!anonymous && !listener.isLoopback()) {
        throw StartException.usage(
            """
            other machines could reach %s, and this version of Culvert does not keep strangers out yet:
              everyone there could read and send every message. Bind to 127.0.0.1 instead, or, if everyone
              who can reach it may do so, say that with: --set auth.anonymous=true"""
                .formatted(listener.uri()));
      }
    }
  }

  /**
   * The same listeners, with a free port in place of 0, so that all instances share it. Each
   * address is bound for a moment, to find out now and for each one apart whether it can be.
   */
  static List<ListenerOptions> resolve(List<ListenerOptions> listeners) throws StartException {
    List<ListenerOptions> resolved = new ArrayList<>();
    for (ListenerOptions listener : listeners) {
      try (ServerSocket socket = new ServerSocket()) {
        socket.setReuseAddress(true);
        InetAddress address = InetAddress.getByName(listener.bind());
        socket.bind(new InetSocketAddress(address, listener.port()), 1);
        resolved.add(listener.withPort(socket.getLocalPort()));
      } catch (UnknownHostException e) {
        throw StartException.failure(
            "the address %s to bind to is not known to this machine. Use an IP address of it, such as 127.0.0.1."
                .formatted(listener.bind()));
      } catch (IOException e) {
        throw StartException.failure(refusal(listener, String.valueOf(e.getMessage())));
      }
    }
    return resolved;
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
