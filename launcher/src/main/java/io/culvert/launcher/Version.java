package io.culvert.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** {@code culvert version}. */
final class Version {
  private Version() {}

  static int print(Console console) {
    console
        .out()
        .println(
            "culvert %s (Vert.x %s, Java %s, %s %s)"
                .formatted(
                    ofCulvert(),
                    ofVertx(),
                    System.getProperty("java.version"),
                    System.getProperty("os.name"),
                    System.getProperty("os.arch")));
    return ExitCode.OK;
  }

  /** From the jar's manifest; class folders have none. */
  static String ofCulvert() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  private static String ofVertx() {
    try (InputStream resource =
        Version.class.getResourceAsStream("/META-INF/vertx/vertx-version.txt")) {
      return resource == null
          ? "unknown"
          : new String(resource.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      return "unknown";
    }
  }
}
