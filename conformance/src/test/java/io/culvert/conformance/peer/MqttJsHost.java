package io.culvert.conformance.peer;

import io.culvert.conformance.broker.Await;
import io.culvert.engine.testkit.Programs;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * One Node.js process that hosts every MQTT.js client of the run. Commands go in and replies and
 * events come out as lines of JSON; a daemon thread reads them.
 */
public final class MqttJsHost implements AutoCloseable {

  private static final Path SOURCES = Path.of("src", "test", "js");
  private static final Path FOLDER = Path.of("target", "mqttjs");
  private static final long INSTALL_LIMIT_SECONDS = 180;

  private final Process process;
  private final Writer commands;
  private final AtomicLong ids = new AtomicLong();
  private final Map<Long, CompletableFuture<JsonObject>> replies = new ConcurrentHashMap<>();
  private final Map<String, Consumer<JsonObject>> listeners = new ConcurrentHashMap<>();

  private MqttJsHost(Process process) {
    this.process = process;
    this.commands =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
  }

  /** Installs MQTT.js below {@code target/} and starts Node.js; skips the test without them. */
  public static MqttJsHost start() {
    Programs.require("node");
    Programs.require("npm");
    try {
      install();
      Process process =
          new ProcessBuilder("node", "peer-host.mjs")
              .directory(FOLDER.toFile())
              .redirectError(FOLDER.resolve("stderr.log").toFile())
              .start();
      MqttJsHost host = new MqttJsHost(process);
      Thread reader = new Thread(host::read, "mqttjs-out");
      reader.setDaemon(true);
      reader.start();
      return host;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    commands.close();
    if (!process.waitFor(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly();
    }
  }

  /** Events of {@code peer} go to {@code listener}, on the reading thread. */
  void listen(String peer, Consumer<JsonObject> listener) {
    listeners.put(peer, listener);
  }

  void forget(String peer) {
    listeners.remove(peer);
  }

  /** Completes with the result of the command. */
  CompletableFuture<JsonObject> call(String operation, String peer, JsonObject arguments) {
    long id = ids.incrementAndGet();
    CompletableFuture<JsonObject> reply = new CompletableFuture<>();
    replies.put(id, reply);
    String line = arguments.copy().put("id", id).put("op", operation).put("peer", peer).encode();
    try {
      synchronized (commands) {
        commands.write(line);
        commands.write('\n');
        commands.flush();
      }
    } catch (IOException e) {
      reply.completeExceptionally(e);
    }
    return reply;
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        accept(new JsonObject(line));
      }
    } catch (IOException e) {
      // The process is gone: whoever still waits is told below.
    }
    replies.values().forEach(r -> r.completeExceptionally(new IOException("Node.js has ended")));
  }

  private void accept(JsonObject line) {
    Long id = line.getLong("reply");
    if (id == null) {
      Consumer<JsonObject> listener = listeners.get(line.getString("peer"));
      if (listener != null) {
        listener.accept(line);
      }
      return;
    }
    CompletableFuture<JsonObject> reply = replies.remove(id);
    if (reply == null) {
      return; // a second word about the same command, such as an error after a close
    }
    String error = line.getString("error");
    if (error == null) {
      reply.complete(line.getValue("result") instanceof JsonObject json ? json : new JsonObject());
    } else {
      reply.completeExceptionally(new IOException(error));
    }
  }

  /** Runs npm only when the lock file has changed since the last time. */
  private static void install() throws IOException {
    Files.createDirectories(FOLDER);
    Path lock = Path.of("package-lock.json");
    Path installed = FOLDER.resolve("installed-lock.json");
    boolean current =
        Files.exists(installed) && Files.mismatch(SOURCES.resolve(lock), installed) == -1;
    for (String name : new String[] {"package.json", "package-lock.json", "peer-host.mjs"}) {
      copy(SOURCES.resolve(name), FOLDER.resolve(name));
    }
    if (!current) {
      Programs.run(FOLDER, INSTALL_LIMIT_SECONDS, "npm", "ci", "--no-audit", "--no-fund");
      copy(SOURCES.resolve(lock), installed);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
  }
}
