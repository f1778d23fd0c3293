package io.culvert.engine.testkit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Programs of the machine that a test may use. A missing one is the only reason to skip a test. */
public final class Programs {
  private static final int LIMIT_SECONDS = 30;

  private Programs() {}

  /** Its path; skips the test where it is not installed. */
  public static Path require(String name) {
    String path = System.getenv().getOrDefault("PATH", "");
    Path found =
        Stream.concat(
                Arrays.stream(path.split(File.pathSeparator)), Stream.of("/usr/sbin", "/sbin"))
            .filter(folder -> !folder.isEmpty())
            .map(folder -> Path.of(folder, name))
            .filter(Files::isExecutable)
            .findFirst()
            .orElse(null);
    need(name, found == null ? "there is no " + name : "");
    return found;
  }

  /** Skips the test, and the build says so, when there is a problem with the program. */
  public static void need(String program, String problem) {
    assumeTrue(problem.isEmpty(), "missing program: " + program);
  }

  /** Runs a program to its end; what it says when it fails, else nothing. */
  public static String run(String... command) throws IOException, InterruptedException {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      return "there is no " + command[0];
    }
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      return "did not end";
    }
    return process.exitValue() == 0 ? "" : "failed: " + output;
  }

  /** Runs a program to its good end; its output is in the failure otherwise. */
  public static void run(Path folder, long limitSeconds, String... command) {
    try {
      Path output = folder.resolve("output.log");
      Process process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      boolean ended = process.waitFor(limitSeconds, TimeUnit.SECONDS);
      if (!ended) {
        process.destroyForcibly();
      }
      if (!ended || process.exitValue() != 0) {
        throw new AssertionError(
            String.join(" ", command) + " failed:\n" + Files.readString(output));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
