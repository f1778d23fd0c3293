package io.culvert.launcher;

import io.culvert.broker.config.BrokerOptions;
import io.culvert.broker.config.ListenerOptions;
import io.culvert.runtime.config.Configuration;
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
        .map(Listeners::known)
        .findFirst()
        .orElse(null);
  }

  /** Its address, without the port where nobody knows yet which one it will be. */
  private static String known(ListenerOptions listener) {
    return listener.uri().replaceFirst(":0(?=/|$)", "");
  }

  /**
   * Binds each address for a moment, to find out now and for each one apart whether it can be. A
   * port 0 stays 0: what is free now, another program may have by the time it is needed.
   *
   * @param configuration of these listeners, and of metrics and TCP message service
   */
  static void check(List<ListenerOptions> listeners, Configuration configuration)
      throws StartException {
    boolean isList = !configuration.sections("mqtt.listeners").isEmpty();
    for (int i = 0; i < listeners.size(); i++) {
      ListenerOptions listener = listeners.get(i);
      if (listener.unix() != null) {
        continue; // whoever binds it finds out
      }
      String section = "--set mqtt.listeners[" + i + "].";
      String port = listener.type() == ListenerOptions.Type.TCP ? "--port " : "--ws-port ";
      new Address(
              listener.bind(),
              listener.port(),
              isList ? section + "bind=" : "--bind ",
              isList ? section + "port=" : port)
          .check();
    }
    if (configuration.isPresent("metrics.port")) {
      Address.of(configuration, "metrics", "--metrics-port ").check();
    }
    if (configuration.isPresent("tcp.port")) {
      Address.of(configuration, "tcp", "--tcp-port ").check();
    }
  }

  /**
   * Where something wants to listen.
   *
   * @param toBind how another address is given, up to that
   * @param toPort how another port is given, up to that
   */
  record Address(String bind, int port, String toBind, String toPort) {
    private static Address of(Configuration configuration, String root, String toPort) {
      return new Address(
          configuration.text(root + ".bind"),
          configuration.integer(root + ".port"),
          "--set " + root + ".bind=",
          toPort);
    }

    /** Binds it for a moment. */
    void check() throws StartException {
      try (ServerSocket socket = new ServerSocket()) {
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getByName(bind), port), 1);
      } catch (UnknownHostException e) {
        throw StartException.failure(
            """
            the address %s to listen on is not known to this machine.
              Use an IP address of it: %s127.0.0.1"""
                .formatted(bind, toBind));
      } catch (IOException e) {
        throw StartException.failure(refusal(String.valueOf(e.getMessage())));
      }
    }

    private String refusal(String reason) {
      String lower = reason.toLowerCase(Locale.ROOT);
      int other = port < 64_536 ? port + 1_000 : port - 1_000;
      if (lower.contains("in use")) {
        return """
            port %d on %s is in use by another program, perhaps another broker.
              Stop that one, or choose another port: %s%d (%s0 takes a free one)"""
            .formatted(port, bind, toPort, other, toPort);
      }
      if (lower.contains("assign")) {
        return """
            %s is not an address of this machine.
              Use one that it has; this one always works: %s127.0.0.1"""
            .formatted(bind, toBind);
      }
      if (lower.contains("permission")) {
        return """
            port %d may not be opened by this user.
              Choose a port above 1023: %s%d"""
            .formatted(port, toPort, Math.max(other, 1_883));
      }
      return "cannot listen on port %d of %s: %s.".formatted(port, bind, reason);
    }
  }
}
