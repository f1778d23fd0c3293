package io.culvert.launcher.client;

import java.util.Locale;

/** How {@code culvert sub} shows messages. */
public enum OutputFormat {
  /** The payload as it is; with {@code -v} its topic in front. */
  TEXT,

  /**
   * One JSON object a line, as {@code culvert pub --json} takes them and the event bus has them.
   */
  JSON,

  /** The payload in hexadecimal digits. */
  HEX,

  /** Only the topic. */
  TOPICS;

  public static OutputFormat parse(String name) {
    for (OutputFormat each : values()) {
      if (each.name().toLowerCase(Locale.ROOT).equals(name)) {
        return each;
      }
    }
    throw new IllegalArgumentException("the format is text, json, hex or topics, not " + name);
  }
}
