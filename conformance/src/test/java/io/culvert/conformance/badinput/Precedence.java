package io.culvert.conformance.badinput;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Who runs first where there are more threads than processors: what would run on other machines
 * must neither wait for the broker nor make it wait. By Linux's scheduling classes; elsewhere, and
 * where one may not choose, all are equal.
 */
final class Precedence {
  private static final Path CHRT = Path.of("/usr/bin/chrt");
  private static final Path THREADS = Path.of("/proc/self/task");

  private Precedence() {}

  /**
   * What begins the command of a program that gets what all others leave of the processors; nothing
   * where that cannot be.
   */
  static List<String> last() {
    return Files.isExecutable(CHRT) ? List.of(CHRT.toString(), "--idle", "0") : List.of();
  }

  /**
   * The threads of that name in this process run at once when they can, before all others. It needs
   * root's rights.
   *
   * @return whether they do
   */
  static boolean first(String name) {
    if (!Files.isExecutable(CHRT) || !Files.isDirectory(THREADS)) {
      return false;
    }
    try (Stream<Path> threads = Files.list(THREADS)) {
      List<String> ids =
          threads.filter(thread -> isNamed(thread, name)).map(Precedence::id).toList();
      return !ids.isEmpty() && ids.stream().allMatch(Precedence::isRaised);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isNamed(Path thread, String name) {
    try {
      return Files.readString(thread.resolve("comm")).strip().equals(name);
    } catch (IOException e) {
      return false; // it has ended meanwhile
    }
  }

  private static String id(Path thread) {
    return thread.getFileName().toString();
  }

  private static boolean isRaised(String threadId) {
    try {
      return new ProcessBuilder(CHRT.toString(), "--rr", "--pid", "1", threadId)
              .redirectOutput(Redirect.DISCARD)
              .redirectError(Redirect.DISCARD) // where it is not allowed
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
