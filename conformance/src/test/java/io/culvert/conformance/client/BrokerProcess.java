package io.culvert.conformance.client;

import io.culvert.engine.testkit.FreePort;
import io.culvert.engine.testkit.JavaCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code culvert run} in a process that can be killed and started again on the same port. */
public final class BrokerProcess implements AutoCloseable {
  private final Path folder;
  private final int port;
  private final List<String> settings;
  private Process process;

  private BrokerProcess(Path folder, int port, List<String> settings) {
    this.folder = folder;
    this.port = port;
    this.settings = settings;
  }

  /**
   * @param settings such as {@code limits.in-flight=10}
   */
  public static BrokerProcess start(Path folder, String... settings) throws IOException {
    BrokerProcess broker = new BrokerProcess(folder, FreePort.find(), List.of(settings));
    broker.start();
    return broker;
  }

  /** Does not wait until it is ready: clients come back until it is. */
  public void start() throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(
        List.of("run", "--port=" + port, "--ws-port=0", "--data=" + folder.resolve("data")));
    settings.forEach(setting -> arguments.add("--set=" + setting));
    process =
        new ProcessBuilder(
                JavaCommand.of(
                    List.of("-Xmx512m"),
                    "io.culvert.launcher.Main",
                    arguments.toArray(String[]::new)))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
            .start();
  }

  /** As SIGKILL does it. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /** What it has printed since its first start. */
  public String log() {
    try {
      return Files.readString(folder.resolve("log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return port;
  }

  String address() {
    return "mqtt://127.0.0.1:" + port;
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
