package io.culvert.runtime.config;

import java.util.List;

/** Assignments from {@code --set key=value} and from values of the environment. */
final class TextSource {
  private TextSource() {}

  static List<Assignment> read(String text, String origin, List<Problem> problems) {
    int equals = text.indexOf('=');
    if (equals <= 0) {
      problems.add(new Problem(origin, "", "\"" + text + "\" is not of the form key=value"));
      return List.of();
    }
    String path = text.substring(0, equals).strip().replaceAll("\\.([0-9]+)(?=\\.|$)", "[$1]");
    return assign(path, text.substring(equals + 1), origin, problems);
  }

  /** A value in brackets or braces is read as YAML. */
  static List<Assignment> assign(String path, String value, String origin, List<Problem> problems) {
    String text = value.strip();
    if (text.startsWith("[") || text.startsWith("{")) {
      return YamlSource.read(origin, /* lines= */ false, path, text, problems);
    }
    return List.of(Assignment.of(path, text, origin));
  }
}
