package io.culvert.conformance.broker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code java -jar culvert.jar run …} on free loopback ports with a fresh data folder.
 *
 * <p>Output goes line by line to {@code target/broker/culvert.log} and is looked through for
 * complaints. Two daemon threads read it; everything else happens on the caller's thread.
 */
final class CulvertProcess implements BrokerUnderTest {

  private static final Pattern READY = Pattern.compile("^ready mqtt://(\\S+) ws://(\\S+).*");

  /** More options for {@code culvert run}, from whoever starts the tests. */
  private static final List<String> EXTRA_OPTIONS =
      List.of(System.getProperty("culvert.test.options", "").trim().split("\\s+"));

  private final Process process;
  private final PrintWriter log;
  private final Complaints complaints = new Complaints();
  private final CompletableFuture<Matcher> ready = new CompletableFuture<>();
  private final List<Thread> readers;
  private boolean endReported;

  private CulvertProcess(Process process, PrintWriter log) {
    this.process = process;
    this.log = log;
    this.readers =
        List.of(
            reader("culvert-out", process.getInputStream()),
            reader("culvert-err", process.getErrorStream()));
  }

  static CulvertProcess start() {
    try {
      Path folder = Files.createDirectories(Path.of("target", "broker"));
      Path data = Files.createTempDirectory(folder, "data");
      Process process = command(jar(), data).start();
      process.getOutputStream().close();
      CulvertProcess started =
          new CulvertProcess(
              process,
              new PrintWriter(
                  Files.newBufferedWriter(folder.resolve("culvert.log")), /* autoFlush= */ true));
      started.readers.forEach(Thread::start);
      Await.result("the broker's ready line, see target/broker/culvert.log", started.ready);
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public URI mqtt() {
    return URI.create("mqtt://" + ready.join().group(1));
  }

  @Override
  public URI webSocket() {
    return URI.create("ws://" + ready.join().group(2));
  }

  @Override
  public boolean isCulvert() {
    return true;
  }

  @Override
  public List<String> newComplaints() {
    if (!process.isAlive() && !endReported) {
      endReported = true;
      complaints.add("the broker has ended by itself with exit code " + process.exitValue());
    }
    return complaints.drain();
  }

  /** Asks the process to end as an operator would, and looks at its last words. */
  @Override
  public void close() {
    try {
      process.destroy();
      if (!process.waitFor(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        complaints.add("the broker did not end within " + Await.LIMIT.toSeconds() + " s");
      }
      for (Thread reader : readers) {
        reader.join(Await.LIMIT.toMillis());
      }
      log.close();
    } catch (InterruptedException e) {
      throw Await.interrupted(e);
    }
    List<String> lastWords = complaints.drain();
    if (!lastWords.isEmpty()) {
      throw new AssertionError("the broker complained: " + String.join("\n", lastWords));
    }
  }

  private Thread reader(String name, InputStream stream) {
    Thread thread = new Thread(() -> read(stream), name);
    thread.setDaemon(true);
    return thread;
  }

  private void read(InputStream stream) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        log.println(line);
        complaints.look(line);
        Matcher matcher = READY.matcher(line);
        if (matcher.matches()) {
          ready.complete(matcher);
        }
      }
    } catch (IOException e) {
      complaints.add("reading the broker's output: " + e);
    }
    ready.completeExceptionally(new IllegalStateException("the broker ended before it was ready"));
  }

  private static ProcessBuilder command(Path jar, Path data) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-jar",
                jar.toString(),
                "run",
                "--bind",
                "127.0.0.1",
                "--port",
                "0",
                "--ws-port",
                "0",
                "--data",
                data.toString(),
                "--ephemeral"));
    EXTRA_OPTIONS.stream().filter(option -> !option.isEmpty()).forEach(command::add);
    return new ProcessBuilder(command);
  }

  /** The system property {@code culvert.jar}, or the launcher module beside this one. */
  private static Path jar() {
    String configured = System.getProperty("culvert.jar");
    Path jar =
        configured == null
            ? Path.of("..", "launcher", "target", "culvert.jar")
            : Path.of(configured);
    if (!Files.isRegularFile(jar)) {
      throw new IllegalStateException(
          "build the launcher module first: no " + jar.toAbsolutePath());
    }
    return jar;
  }
}
