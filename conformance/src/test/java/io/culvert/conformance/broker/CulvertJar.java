package io.culvert.conformance.broker;

import java.nio.file.Files;
import java.nio.file.Path;

/** The runnable jar that is tested. */
public final class CulvertJar {
  private CulvertJar() {}

  /** The system property {@code culvert.jar}, or that of the launcher module beside this one. */
  public static Path path() {
    Path jar =
        Path.of(System.getProperty("culvert.jar", "../launcher/target/culvert.jar"))
            .toAbsolutePath();
    if (!Files.isRegularFile(jar)) {
      throw new IllegalStateException(
          "no " + jar + ": package the launcher module first, or set culvert.jar");
    }
    return jar;
  }
}
