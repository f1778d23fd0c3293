package io.culvert.conformance.rpc;

import io.culvert.engine.testkit.JavaCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A {@link DeviceProgram} that can be killed and started again. Used by one thread. */
final class DeviceProcess implements AutoCloseable {
  /** While the broker starts, a device may end because it finds none. */
  private static final int ATTEMPTS = 60;

  private final Path folder;
  private final int brokersPort;
  private final String tag;
  private @Nullable Process process;

  /** Not started yet. */
  DeviceProcess(Path folder, int brokersPort, String tag) {
    this.folder = folder;
    this.brokersPort = brokersPort;
    this.tag = tag;
  }

  /** Returns when it serves. */
  void start() throws IOException, InterruptedException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Process started =
          new ProcessBuilder(
                  JavaCommand.of(
                      List.of("-Xmx256m"),
                      DeviceProgram.class.getName(),
                      String.valueOf(brokersPort),
                      tag,
                      folder.toString()))
              .redirectError(
                  ProcessBuilder.Redirect.appendTo(folder.resolve("device.log").toFile()))
              .start();
      process = started;
      if (isReady(started)) {
        return;
      }
      started.waitFor();
    }
    throw new AssertionError(
        "the device does not start: " + Files.readString(folder.resolve("device.log")));
  }

  /** As SIGKILL does it. */
  void kill() throws InterruptedException {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
      running.waitFor();
    }
  }

  /** The numbers of all work that it has done, in order. */
  List<Integer> done() throws IOException {
    Path file = folder.resolve("done");
    return Files.exists(file)
        ? Files.readAllLines(file).stream().map(Integer::valueOf).toList()
        : List.of();
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }

  /** False if it ends before. */
  private static boolean isReady(Process started) throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
    String line = lines.readLine();
    while (line != null && !line.equals("ready")) {
      line = lines.readLine();
    }
    return line != null;
  }
}
