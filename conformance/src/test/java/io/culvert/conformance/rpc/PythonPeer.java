package io.culvert.conformance.rpc;

import io.culvert.engine.testkit.Programs;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** {@code rpc/peer.py} as a process of its own: MQTT as gf_mqtt_client uses it, by way of paho. */
final class PythonPeer implements AutoCloseable {
  private static final int LIMIT_SECONDS = 60;

  /** The package of the system's own Python; another one on the PATH does not have it. */
  private static final Path PAHO = Path.of("/usr/lib/python3/dist-packages/paho");

  private static final String END = "\0";

  private final Process process;
  private final BufferedWriter input;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  private PythonPeer(Process process) {
    this.process = process;
    this.input = process.outputWriter(StandardCharsets.UTF_8);
    Thread reader = new Thread(this::read, "python");
    reader.setDaemon(true);
    reader.start();
  }

  static PythonPeer start(String mode, int port, String... more) throws IOException {
    Programs.need("python3-paho-mqtt", Files.isDirectory(PAHO) ? "" : "there is no " + PAHO);
    List<String> command =
        new ArrayList<>(
            List.of(
                "/usr/bin/python3",
                Path.of("src", "test", "resources", "rpc", "peer.py").toString(),
                mode,
                String.valueOf(port)));
    command.addAll(List.of(more));
    return new PythonPeer(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  void say(String line) throws IOException {
    input.write(line + "\n");
    input.flush();
  }

  String line() throws InterruptedException {
    String line = lines.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
    if (line == null || line.equals(END)) {
      throw new AssertionError(line == null ? "it says nothing" : "it has ended");
    }
    return line;
  }

  /** Lets it end, and gives what it has said that was not read yet. */
  List<String> end() throws IOException, InterruptedException {
    input.close();
    List<String> rest = new ArrayList<>();
    String line = lines.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
    while (line != null && !line.equals(END)) {
      rest.add(line);
      line = lines.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
    }
    return rest;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  private void read() {
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      // it was destroyed
    }
    lines.add(END);
  }
}
