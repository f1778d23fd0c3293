package io.culvert.launcher;

import java.util.Locale;

/**
 * Text of strangers in a log. Whatever breaks a line, turns the direction of writing, drives a
 * terminal or is not seen is written as an escape, so that nobody can forge a line or hide one.
 */
final class LogText {
  private LogText() {}

  static void append(StringBuilder line, String text) {
    text.codePoints()
        .forEach(
            c -> {
              if (isPrintable(c)) {
                line.appendCodePoint(c);
              } else {
                escape(line, c);
              }
            });
  }

  /** A value behind its key, in quotation marks where its end would not be clear otherwise. */
  static void appendValue(StringBuilder line, String value) {
    boolean isPlain =
        !value.isEmpty() && value.codePoints().noneMatch(c -> c <= ' ' || c == '"' || c == '=');
    if (isPlain) {
      append(line, value);
    } else {
      line.append('"');
      append(line, value.replace("\\", "\\\\").replace("\"", "\\\""));
      line.append('"');
    }
  }

  /** JSON as it is, but for characters that only JSON's readers take for harmless. */
  static String json(String json) {
    StringBuilder safe = new StringBuilder(json.length());
    append(safe, json);
    return safe.toString();
  }

  private static void escape(StringBuilder line, int codePoint) {
    for (char c : Character.toChars(codePoint)) {
      line.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
    }
  }

  private static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
