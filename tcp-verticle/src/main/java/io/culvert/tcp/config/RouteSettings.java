package io.culvert.tcp.config;

import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which messages go to the event bus.
 *
 * @param type a word such as {@code request}
 * @param uri or null for any
 * @param address that is asked
 */
public record RouteSettings(String type, @Nullable String uri, String address) {
  static RouteSettings from(Configuration section, List<Problem> problems) {
    if (!section.isPresent("address")) {
      problems.add(new Problem("", section.path() + ".address", "is needed for a route"));
    }
    return new RouteSettings(
        section.text("type"),
        section.isPresent("uri") ? section.text("uri") : null,
        section.isPresent("address") ? section.text("address") : "");
  }
}
