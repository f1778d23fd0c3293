package io.culvert.mqtt;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What an MQTT engine has to get right beyond the single statements of the standards: one line of
 * scenarios.txt each, under headings.
 */
public final class Scenarios {
  /** One scenario: its number, what it is about, and the part that it belongs to. */
  public record Line(int number, String part, String text) {}

  private static final String RESOURCE = "scenarios.txt";

  private Scenarios() {}

  /** All of them, by number. */
  public static List<Line> all() {
    List<Line> lines = new ArrayList<>();
    String part = "";
    for (String line : text().lines().toList()) {
      if (line.startsWith("# ")) {
        part = line.substring(2);
      } else if (!line.isBlank()) {
        int space = line.indexOf(' ');
        int number = Integer.parseInt(line.substring(0, space));
        lines.add(new Line(number, part, line.substring(space + 1)));
      }
    }
    return List.copyOf(lines);
  }

  private static String text() {
    try (InputStream in = Objects.requireNonNull(Scenarios.class.getResourceAsStream(RESOURCE))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
