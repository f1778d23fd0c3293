package io.culvert.conformance.faults.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Whole folders. */
public final class Folders {

  private Folders() {}

  /** Replaces a folder by a copy of another one. */
  public static void copy(Path from, Path to) throws IOException {
    delete(to);
    for (Path each : all(from)) {
      Files.copy(each, to.resolve(from.relativize(each).toString()));
    }
  }

  /** A folder with all that is in it, if it is there. */
  public static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      for (Path each : all(folder).stream().sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  private static List<Path> all(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.toList();
    }
  }
}
