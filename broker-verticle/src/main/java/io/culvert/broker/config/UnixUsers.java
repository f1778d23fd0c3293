package io.culvert.broker.config;

import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.Problem;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The setting {@code auth.unix-users}: user ids and the names of the users whose they are. */
final class UnixUsers {
  private static final String KEY = "auth.unix-users";

  private UnixUsers() {}

  /** Empty where nobody is let in so. */
  static Map<Long, String> read(Configuration configuration, List<Problem> problems) {
    Map<Long, String> users = new HashMap<>();
    for (String entry : configuration.texts(KEY)) {
      int sign = entry.indexOf('=');
      String id = sign < 0 ? "" : entry.substring(0, sign).strip();
      String name = entry.substring(sign + 1).strip();
      if (!id.matches("[0-9]{1,10}") || name.isEmpty()) {
        refuse(configuration, "\"" + entry + "\" is not of the form ID=USER", problems);
      } else if (users.put(Long.parseLong(id), name) != null) {
        refuse(configuration, "names user id " + id + " twice", problems);
      }
    }
    return Map.copyOf(users);
  }

  private static void refuse(Configuration configuration, String message, List<Problem> problems) {
    problems.add(new Problem(configuration.origin(KEY), KEY, message));
  }
}
