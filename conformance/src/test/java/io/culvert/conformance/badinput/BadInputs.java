package io.culvert.conformance.badinput;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** The lines of {@code bad-inputs.txt}: headings, and the inputs with what Culvert answers. */
final class BadInputs {

  /** Inputs that nothing in this version can meet begin their answer with this. */
  private static final String LATER = "comes with ";

  private static final String RESOURCE = "/bad-inputs.txt";

  private BadInputs() {}

  /** A heading (number 0, no answer) or an input. */
  record Line(int number, String text, String answer) {
    boolean isHeading() {
      return number == 0;
    }

    boolean comesLater() {
      return answer.startsWith(LATER);
    }

    private static Line of(String line) {
      if (line.startsWith("# ")) {
        return new Line(0, line.substring(2), "");
      }
      String[] parts = line.split(" \\| ", 3);
      return new Line(Integer.parseInt(parts[0]), parts[1], parts[2]);
    }
  }

  static List<Line> lines() {
    try (InputStream in = BadInputs.class.getResourceAsStream(RESOURCE)) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return Arrays.stream(text.split("\n", -1))
          .filter(line -> !line.isEmpty())
          .map(Line::of)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
