package io.culvert.conformance.badinput;

import io.culvert.engine.testkit.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Who may have the processors of this machine first. */
final class Processors {
  private static final Path THIS_THREAD = Path.of("/proc/thread-self");

  private Processors() {}

  /**
   * The calling thread gets what others leave, as if it ran on another machine: it still asks for
   * all that it can get, and only the answers cost the others something. Systems without {@link
   * #THIS_THREAD} have no such thing, and the thread stays as it is.
   *
   * @throws IllegalStateException if that cannot be had
   */
  static void yieldToOthers() {
    if (!Files.exists(THIS_THREAD)) {
      return;
    }
    try {
      String thread = THIS_THREAD.toRealPath().getFileName().toString();
      String problem = Programs.run("renice", "-n", "19", "-p", thread);
      if (!problem.isEmpty()) {
        throw new IllegalStateException("renice of thread " + thread + ": " + problem);
      }
    } catch (IOException e) {
      throw new IllegalStateException("no priority for " + THIS_THREAD, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
