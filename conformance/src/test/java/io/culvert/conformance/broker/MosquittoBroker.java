package io.culvert.conformance.broker;

import io.culvert.engine.testkit.FreePort;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** {@code mosquitto} as its own process on a free loopback port. */
public final class MosquittoBroker implements AutoCloseable {
  private final Process process;
  private final InetSocketAddress address;
  private final CompletableFuture<Boolean> running = new CompletableFuture<>();

  private MosquittoBroker(Process process, InetSocketAddress address) {
    this.process = process;
    this.address = address;
  }

  /**
   * Starts it.
   *
   * @param name of its configuration file
   * @param more lines of that
   */
  public static MosquittoBroker start(String name, List<String> more) {
    try {
      Path folder = Files.createDirectories(Path.of("target", "broker"));
      int port = FreePort.find();
      Path configuration = folder.resolve(name + ".conf");
      List<String> lines =
          new ArrayList<>(
              List.of(
                  "listener " + port + " 127.0.0.1",
                  "allow_anonymous true",
                  "persistence false",
                  "sys_interval 0",
                  "log_dest stderr",
                  "log_type all",
                  "set_tcp_nodelay true"));
      lines.addAll(more);
      Files.write(configuration, lines);
      Process process =
          new ProcessBuilder("mosquitto", "-c", configuration.toString())
              .redirectErrorStream(true)
              .start();
      MosquittoBroker broker =
          new MosquittoBroker(
              process, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      Thread reader = new Thread(broker::read, "mosquitto-broker-out");
      reader.setDaemon(true);
      reader.start();
      Await.result("mosquitto runs", broker.running);
      return broker;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public InetSocketAddress address() {
    return address;
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      throw Await.interrupted(e);
    }
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.contains(" running")) {
          running.complete(true);
        }
      }
    } catch (IOException e) {
      // It has been stopped.
    }
    running.completeExceptionally(new IllegalStateException("mosquitto ended before it was ready"));
  }
}
