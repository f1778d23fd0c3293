package io.culvert.client;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/** Programs that tests use where they are installed. */
final class Programs {
  private Programs() {}

  /** Its path; skips the test where it is not installed. */
  static Path require(String name) {
    Path found =
        Stream.concat(
                Arrays.stream(System.getenv("PATH").split(":")), Stream.of("/usr/sbin", "/sbin"))
            .map(folder -> Path.of(folder, name))
            .filter(Files::isExecutable)
            .findFirst()
            .orElse(null);
    assumeTrue(found != null, "missing program: " + name);
    return found;
  }
}
