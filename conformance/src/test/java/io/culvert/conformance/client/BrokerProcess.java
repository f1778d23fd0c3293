package io.culvert.conformance.client;

import io.culvert.engine.testkit.FreePort;
import io.culvert.engine.testkit.JavaCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** {@code culvert run} in a process that can be killed and started again on the same port. */
public final class BrokerProcess implements AutoCloseable {
  private final Path folder;
  private final int port;
  private Process process;

  private BrokerProcess(Path folder, int port) {
    this.folder = folder;
    this.port = port;
  }

  public static BrokerProcess start(Path folder) throws IOException {
    BrokerProcess broker = new BrokerProcess(folder, FreePort.find());
    broker.start();
    return broker;
  }

  /** Does not wait until it is ready: clients come back until it is. */
  public void start() throws IOException {
    process =
        new ProcessBuilder(
                JavaCommand.of(
                    List.of("-Xmx512m"),
                    "io.culvert.launcher.Main",
                    "run",
                    "--port=" + port,
                    "--ws-port=0",
                    "--data=" + folder.resolve("data")))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
            .start();
  }

  /** As SIGKILL does it. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
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
