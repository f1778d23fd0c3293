package io.culvert.store;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Programs of the system that tests use. */
final class Programs {
  private Programs() {}

  /** Runs it to its end; what it says when it fails, else nothing. */
  static String run(String... command) throws IOException, InterruptedException {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      return "there is no " + command[0];
    }
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      return "did not end";
    }
    return process.exitValue() == 0 ? "" : "failed: " + output;
  }

  /** The test is left out, and the build says so, when it cannot be had. */
  static void need(String program, String problem) {
    assumeTrue(problem.isEmpty(), "missing program: " + program);
  }
}
