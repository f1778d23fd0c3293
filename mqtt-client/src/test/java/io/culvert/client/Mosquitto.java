package io.culvert.client;

import io.culvert.engine.testkit.FreePort;
import io.culvert.engine.testkit.Programs;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A Mosquitto broker of its own, on a free port of this machine. */
public final class Mosquitto implements AutoCloseable {
  private final Path folder;
  private final Path config;
  private final int port;
  private Process process;

  private Mosquitto(Path folder, Path config, int port) {
    this.folder = folder;
    this.config = config;
    this.port = port;
  }

  /** With its data in this folder, where a Unix domain socket {@code s} is, too. */
  public static Mosquitto start(Path folder) throws Exception {
    int port = FreePort.find();
    Path config = folder.resolve("mosquitto.conf");
    Files.writeString(
        config,
        """
        listener %d 127.0.0.1
        listener 0 %s
        allow_anonymous true
        persistence true
        persistence_location %s/
        max_queued_messages 0
        max_inflight_messages 100
        log_dest none
        user root
        """
            .formatted(port, folder.resolve("s"), folder));
    Mosquitto mosquitto = new Mosquitto(folder, config, port);
    mosquitto.start();
    return mosquitto;
  }

  /** Again, on the same port with the same data. */
  public void start() throws Exception {
    process =
        new ProcessBuilder(Programs.require("mosquitto").toString(), "-c", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out").toFile())
            .start();
    while (true) {
      try (Socket probe = new Socket("127.0.0.1", port)) {
        return;
      } catch (IOException notYet) {
        if (process.waitFor(20, TimeUnit.MILLISECONDS)) {
          throw new IllegalStateException(Files.readString(folder.resolve("out")));
        }
      }
    }
  }

  public int port() {
    return port;
  }

  public String unix() {
    return "unix:" + folder.resolve("s");
  }

  /** As SIGKILL does it: what it has not written down is lost. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /** In order: it writes down what it holds. */
  public void stop() throws InterruptedException {
    process.destroy();
    process.waitFor();
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
