package io.culvert.runtime.config;

import java.util.List;

/**
 * What a number counts. A key names the unit of its plain number ({@code -bytes}, {@code -seconds},
 * {@code -millis}); a suffix is converted into that unit.
 */
public enum Unit {
  COUNT("a whole number"),
  PORT("a port number"),
  BYTES("a size: a whole number of bytes, or with KiB, MiB, GiB"),
  SECONDS("a time: a whole number of seconds, or with s, m, h, d"),
  MILLIS("a time: a whole number of milliseconds, or with ms, s, m, h, d");

  private static final List<Suffix> SIZES =
      List.of(
          new Suffix("GiB", 1L << 30),
          new Suffix("MiB", 1L << 20),
          new Suffix("KiB", 1L << 10),
          new Suffix("B", 1));

  private static final List<Suffix> OF_SECONDS =
      List.of(
          new Suffix("d", 86_400), new Suffix("h", 3_600), new Suffix("m", 60), new Suffix("s", 1));

  private static final List<Suffix> OF_MILLIS =
      List.of(
          new Suffix("d", 86_400_000),
          new Suffix("h", 3_600_000),
          new Suffix("m", 60_000),
          new Suffix("s", 1_000),
          new Suffix("ms", 1));

  private final String form;

  Unit(String form) {
    this.form = form;
  }

  /** How a value is written, for error texts. */
  String form() {
    return form;
  }

  /** A whole number with an optional suffix, such as {@code 65536} or {@code 64KiB}. */
  long parse(String text) throws BadValueException {
    int digits = text.startsWith("-") ? 1 : 0;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      digits++;
    }
    try {
      long number = Long.parseLong(text.substring(0, digits));
      return Math.multiplyExact(number, factor(text.substring(digits).strip(), text));
    } catch (NumberFormatException | ArithmeticException e) {
      throw refused(text);
    }
  }

  /** The shortest exact form: {@code 1MiB}, {@code 7d}, {@code 1883}. */
  String print(long value) {
    if (value != 0) {
      for (Suffix suffix : suffixes()) {
        if (suffix.factor() > 1 && value % suffix.factor() == 0) {
          return value / suffix.factor() + suffix.text();
        }
      }
    }
    List<Suffix> suffixes = suffixes();
    return suffixes.isEmpty()
        ? Long.toString(value)
        : value + suffixes.get(suffixes.size() - 1).text();
  }

  /** Largest first. */
  private List<Suffix> suffixes() {
    return switch (this) {
      case COUNT, PORT -> List.of();
      case BYTES -> SIZES;
      case SECONDS -> OF_SECONDS;
      case MILLIS -> OF_MILLIS;
    };
  }

  private long factor(String suffix, String text) throws BadValueException {
    if (suffix.isEmpty()) {
      return 1;
    }
    for (Suffix known : suffixes()) {
      if (known.text().equalsIgnoreCase(suffix)) {
        return known.factor();
      }
    }
    throw refused(text);
  }

  private BadValueException refused(String text) {
    return new BadValueException("\"" + text + "\" is not " + form);
  }

  private record Suffix(String text, long factor) {}
}
