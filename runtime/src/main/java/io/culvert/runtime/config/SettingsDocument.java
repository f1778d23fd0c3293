package io.culvert.runtime.config;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A table as Markdown, and a configuration as YAML. */
public final class SettingsDocument {
  /** Texts that mean themselves in YAML. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9./][A-Za-z0-9_./+-]*");

  private SettingsDocument() {}

  /** One Markdown table per root, in the order of the settings. */
  public static String markdown(SettingTable table) {
    StringBuilder text = new StringBuilder();
    for (String root : table.roots()) {
      text.append("\n## ").append(root).append("\n\n");
      text.append("| Key | Default | Value | Meaning |\n|---|---|---|---|\n");
      for (Setting setting : table.settings()) {
        if (setting.root().equals(root)) {
          text.append(row(setting));
        }
      }
    }
    return text.toString();
  }

  private static String row(Setting setting) {
    Object value = setting.defaultValue();
    String printed = value == null ? "" : setting.type().print(value);
    return "| `%s`<br>`%s` | %s | %s | %s |%n"
        .formatted(
            setting.key(),
            EnvironmentName.of(setting),
            printed.isEmpty() ? "" : "`" + printed + "`",
            setting.type().describe(),
            setting.description()
                + (setting.change() == Setting.Change.HOT ? " Taken over without a restart." : ""))
        .replace(System.lineSeparator(), "\n");
  }

  /** YAML that gives the same configuration again; a comment says where each value comes from. */
  public static String yaml(Configuration configuration) {
    StringBuilder text = new StringBuilder();
    append(text, "", configuration.tree(SettingsDocument::line));
    return text.toString();
  }

  private static void append(StringBuilder text, String indent, JsonObject section) {
    String lead = indent;
    for (Map.Entry<String, Object> entry : section) {
      text.append(lead).append(entry.getKey()).append(':');
      lead = indent.replace('-', ' ');
      if (entry.getValue() instanceof JsonObject child) {
        text.append('\n');
        append(text, lead + "  ", child);
      } else if (entry.getValue() instanceof JsonArray children) {
        text.append('\n');
        for (int i = 0; i < children.size(); i++) {
          append(text, lead + "  - ", children.getJsonObject(i));
        }
      } else {
        text.append(' ').append(entry.getValue()).append('\n');
      }
    }
  }

  private static String line(Configuration.Entry entry) {
    String value =
        entry.value() instanceof List<?> list
            ? list.stream().map(item -> scalar(String.valueOf(item))).toList().toString()
            : scalar(entry.print());
    return entry.origin().equals(Configuration.DEFAULT)
        ? value
        : value + " # " + entry.origin().replaceAll("\\R", " ");
  }

  private static String scalar(String text) {
    boolean plain = PLAIN.matcher(text).matches() && !text.equalsIgnoreCase("null");
    return plain ? text : Json.encode(text);
  }
}
