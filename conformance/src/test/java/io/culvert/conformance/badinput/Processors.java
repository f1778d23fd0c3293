package io.culvert.conformance.badinput;

import io.culvert.conformance.broker.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Who may have the processors of this machine first. */
final class Processors {
  private static final Path THIS_THREAD = Path.of("/proc/thread-self");

  private Processors() {}

  /**
   * The calling thread gets what others leave, as if it ran on another machine: it still asks for
   * all that it can get, and only the answers cost the others something. Systems without {@link
   * #THIS_THREAD} have no such thing, and the thread stays as it is.
   */
  static void yieldToOthers() throws IOException {
    if (!Files.exists(THIS_THREAD)) {
      return;
    }
    String thread = THIS_THREAD.toRealPath().getFileName().toString();
    Process renice = new ProcessBuilder("renice", "-n", "19", "-p", thread).start();
    try {
      if (!renice.waitFor(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS)
          || renice.exitValue() != 0) {
        throw new IllegalStateException("renice failed for thread " + thread);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
