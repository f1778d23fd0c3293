package io.culvert.broker.config;

import io.culvert.broker.auth.AuthChain;
import io.culvert.broker.auth.CertificateField;
import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.Problem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Looks at the names of plug-ins in the chains that a configuration gives. */
final class ChainNames {
  private static final String JWT_SETTINGS = "a key or a set of keys in auth.jwt";

  /** Each with the setting without which it could decide nothing. */
  private static final Map<String, String> NEEDED =
      Map.of(
          AuthChain.UNIX, "auth.unix-users",
          AuthChain.PASSWORD_FILE, "auth.password-file",
          AuthChain.SCRAM, "auth.scram-file",
          AuthChain.HTTP, "auth.http.url",
          AuthChain.EVENT_BUS, "auth.event-bus.address",
          AuthChain.JWT, JWT_SETTINGS);

  private final Configuration configuration;
  private final List<ListenerOptions> listeners;
  private final Set<String> ownPlugins;

  ChainNames(Configuration configuration, List<ListenerOptions> listeners, Set<String> ownPlugins) {
    this.configuration = configuration;
    this.listeners = listeners;
    this.ownPlugins = ownPlugins;
  }

  void check(List<Problem> problems) {
    String origin = configuration.origin("auth.chain");
    List<String> chain = configuration.texts("auth.chain");
    boolean certificates = listeners.stream().anyMatch(ChainNames::namesUser);
    check(origin, "auth.chain", chain, certificates, problems);
    for (int i = 0; i < listeners.size(); i++) {
      ListenerOptions listener = listeners.get(i);
      String path = "mqtt.listeners[" + i + "].auth";
      check("", path, listener.auth(), namesUser(listener), problems);
    }
  }

  private void check(
      String origin,
      String path,
      List<String> names,
      boolean certificates,
      List<Problem> problems) {
    Set<String> known = new HashSet<>();
    for (String name : names) {
      String needed = NEEDED.get(name);
      if (!known.add(name)) {
        problems.add(new Problem(origin, path, "names " + name + " twice"));
      } else if (name.equals(AuthChain.CERTIFICATE) && !certificates) {
        String setting = "mqtt.listeners[].user-from-certificate";
        problems.add(new Problem(origin, path, "names certificate, which needs " + setting));
      } else if (needed != null && !isConfigured(needed)) {
        problems.add(new Problem(origin, path, "names " + name + ", which needs " + needed));
      } else if (!AuthChain.NAMES.contains(name) && !ownPlugins.contains(name)) {
        problems.add(
            new Problem(
                origin, path, "\"" + name + "\" is not one of " + String.join(", ", all())));
      }
    }
  }

  private boolean isConfigured(String needed) {
    return switch (needed) {
      case JWT_SETTINGS -> PluginReader.hasJwt(configuration);
      case "auth.unix-users" -> !configuration.texts(needed).isEmpty();
      default -> configuration.isPresent(needed);
    };
  }

  private List<String> all() {
    Set<String> all = new TreeSet<>(AuthChain.NAMES);
    all.addAll(ownPlugins);
    return new ArrayList<>(all);
  }

  private static boolean namesUser(ListenerOptions listener) {
    return listener.userField() != CertificateField.NONE;
  }
}
