package io.culvert.runtime.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Assignments from variables such as {@code CULVERT_MQTT_PORT}. */
final class EnvironmentSource {
  /**
   * What Kubernetes sets in every pod for a service whose name begins with "culvert". A service
   * "culvert-mqtt" even gives CULVERT_MQTT_PORT, with a URL as its value.
   */
  private static final Pattern SERVICE_LINK =
      Pattern.compile(
          "CULVERT_(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT_[0-9]+_(TCP|UDP)(_.+)?)");

  private static final Pattern SERVICE_URL = Pattern.compile("(tcp|udp|sctp)://.*");

  /** Read by the start script, not by the program. */
  private static final Set<String> OF_THE_SCRIPT = Set.of("CULVERT_JAVA", "CULVERT_JAVA_OPTS");

  private EnvironmentSource() {}

  static List<Assignment> read(
      SettingTable table, Map<String, String> environment, List<Problem> problems) {
    List<Assignment> assignments = new ArrayList<>();
    for (Map.Entry<String, String> variable : new TreeMap<>(environment).entrySet()) {
      String name = variable.getKey();
      if (!name.startsWith(EnvironmentName.PREFIX)
          || OF_THE_SCRIPT.contains(name)
          || SERVICE_LINK.matcher(name).matches()
          || SERVICE_URL.matcher(variable.getValue()).matches()) {
        continue;
      }
      String path = path(table, name);
      if (path == null) {
        problems.add(new Problem(name, "", unknown(table, name)));
      } else {
        assignments.addAll(TextSource.assign(path, variable.getValue(), name, problems));
      }
    }
    return assignments;
  }

  private static @Nullable String path(SettingTable table, String name) {
    for (Setting setting : table.settings()) {
      String path = EnvironmentName.path(setting, name);
      if (path != null) {
        return path;
      }
    }
    return null;
  }

  private static String unknown(SettingTable table, String name) {
    String nearest =
        NearestKey.of(name, table.settings().stream().map(EnvironmentName::of).toList());
    return "unknown environment variable"
        + (nearest == null ? "; no setting has that name" : "; did you mean " + nearest + "?");
  }
}
