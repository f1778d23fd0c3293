package io.culvert.runtime.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code mqtt.listeners[].port} in the environment: {@code CULVERT_MQTT_LISTENERS_0_PORT}. */
final class EnvironmentName {
  static final String PREFIX = "CULVERT_";

  private EnvironmentName() {}

  /** With {@code <N>} for the index of a list and {@code <NAME>} for an open name. */
  static String of(Setting setting) {
    String key = setting.key().replace("[]", ".<n>").replace("*", "<name>");
    return PREFIX + key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
  }

  /** The path of {@code setting} that the variable stands for, null when it is another's. */
  static @Nullable String path(Setting setting, String variable) {
    String form =
        Pattern.quote(of(setting))
            .replace("<N>", "\\E([0-9]{1,4})\\Q")
            .replace("<NAME>", "\\E([A-Z0-9_]+)\\Q");
    Matcher matcher = Pattern.compile(form).matcher(variable);
    if (!matcher.matches()) {
      return null;
    }
    String path = setting.key();
    int group = 1;
    while (path.contains("[]")) {
      int list = path.indexOf("[]");
      path =
          path.substring(0, list) + "[" + matcher.group(group++) + "]" + path.substring(list + 2);
    }
    if (setting.open()) {
      String name = matcher.group(group).toLowerCase(Locale.ROOT).replace('_', '.');
      path = path.substring(0, path.length() - 1) + name;
    }
    return path;
  }
}
