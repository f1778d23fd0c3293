package io.culvert.benchmarks.tcp;

import io.culvert.benchmarks.ProcessCpu;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A {@link SpeedServer} in a process of its own. */
final class MeasuredServer implements AutoCloseable {
  private final Process process;
  private final int port;

  private MeasuredServer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static MeasuredServer start(String kind) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                SpeedServer.class.getName(),
                kind)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = out.readLine();
    if (line == null) {
      throw new IOException("the server has not started: " + kind);
    }
    return new MeasuredServer(process, Integer.parseInt(line, 10));
  }

  int port() {
    return port;
  }

  /** CPU that it has used until now: all threads, user and system. */
  long cpuMicros() {
    return ProcessCpu.micros(process.toHandle());
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
