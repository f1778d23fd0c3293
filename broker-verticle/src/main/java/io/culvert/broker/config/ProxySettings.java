package io.culvert.broker.config;

import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.Problem;
import io.culvert.runtime.driver.AddressRange;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A listener behind a proxy that says by the PROXY protocol whom it speaks for.
 *
 * @param from addresses of the proxies, or ranges of them
 */
public record ProxySettings(List<String> from) {
  public ProxySettings {
    from = List.copyOf(from);
  }

  /** From a section of {@code mqtt.listeners}; null where that has no proxy. */
  static @Nullable ProxySettings from(
      Configuration section, ListenerOptions.Type type, List<Problem> problems) {
    boolean isProxied = section.flag("proxy-protocol");
    List<String> from = section.texts("proxy-from");
    if (isProxied && type != ListenerOptions.Type.TCP) {
      problems.add(problem(section, "proxy-protocol", "has a meaning only with type: tcp"));
    } else if (isProxied && from.isEmpty()) {
      problems.add(
          problem(section, "proxy-from", "is needed: who may say whom a connection comes from"));
    } else if (!isProxied && !from.isEmpty()) {
      problems.add(problem(section, "proxy-from", "has a meaning only with proxy-protocol: true"));
    }
    for (String range : from) {
      try {
        AddressRange.parse(range);
      } catch (IllegalArgumentException e) {
        problems.add(problem(section, "proxy-from", String.valueOf(e.getMessage())));
      }
    }
    return isProxied ? new ProxySettings(from) : null;
  }

  /** The addresses, parsed. */
  public List<AddressRange> ranges() {
    List<AddressRange> ranges = new ArrayList<>();
    from.forEach(range -> ranges.add(AddressRange.parse(range)));
    return ranges;
  }

  void addTo(JsonObject section) {
    section.put("proxy-protocol", true).put("proxy-from", new JsonArray(from));
  }

  private static Problem problem(Configuration section, String key, String message) {
    String origin = section.origin(key);
    return new Problem(
        origin.equals(Configuration.DEFAULT) ? "" : origin, section.path() + "." + key, message);
  }
}
