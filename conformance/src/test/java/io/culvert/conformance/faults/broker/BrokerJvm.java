package io.culvert.conformance.faults.broker;

import io.culvert.conformance.broker.Complaints;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A broker as a process of its own, from the start to the kill. Two daemon threads read its output;
 * all else is of the thread that started it.
 */
public final class BrokerJvm implements AutoCloseable {
  private static final int LIMIT_SECONDS = 60;
  private static final Pattern READY =
      Pattern.compile("^ready mqtt://\\S+:(\\d+) .*?http://(\\S+)/metrics.*");

  private final Process process;
  private final PrintWriter log;
  private final List<Thread> readers;
  private final CompletableFuture<Matcher> ready = new CompletableFuture<>();
  private final List<String> lines = new ArrayList<>(); // guarded by itself
  private final Complaints complaints = new Complaints();
  private long readyMillis;

  private BrokerJvm(Process process, PrintWriter log) {
    this.process = process;
    this.log = log;
    this.readers =
        List.of(
            new Thread(() -> read(process.getInputStream()), "broker-out"),
            new Thread(() -> read(process.getErrorStream()), "broker-err"));
  }

  /**
   * Returns when it listens.
   *
   * @param log gets all that it prints
   * @throws StartFailure with its last words, when it ends or says nothing instead
   */
  public static BrokerJvm start(Launch launch, PrintWriter log)
      throws IOException, InterruptedException {
    long began = System.nanoTime();
    ProcessBuilder builder = new ProcessBuilder(launch.command());
    builder.environment().keySet().removeIf(name -> name.startsWith("CULVERT_"));
    Process process = builder.start();
    process.getOutputStream().close();
    BrokerJvm broker = new BrokerJvm(process, log);
    for (Thread reader : broker.readers) {
      reader.setDaemon(true);
      reader.start();
    }
    try {
      broker.ready.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      broker.kill();
      throw new StartFailure(String.join("\n", broker.lines()));
    }
    broker.readyMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    return broker;
  }

  public int port() {
    return Integer.parseInt(ready.join().group(1));
  }

  /** Where {@code /health/ready} and {@code /metrics} are: host and port. */
  public String health() {
    return ready.join().group(2);
  }

  /** From the start of the process until it said that it listens. */
  public long readyMillis() {
    return readyMillis;
  }

  public long pid() {
    return process.pid();
  }

  /** Of the virtual machine itself, where something else has started it. */
  public long jvmPid() {
    return process.descendants().findFirst().map(ProcessHandle::pid).orElse(process.pid());
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** What it has printed so far. */
  public List<String> lines() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  /** Errors and stack traces among what it has printed since the last time. */
  public List<String> complaints() {
    return complaints.drain();
  }

  /** {@code kill -9}; at once. */
  public void kill() throws InterruptedException {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    awaitEnd();
  }

  /** Sends the signal and does not wait: clients may still read what is on its way. */
  public void beginKill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  /**
   * Asks it to end as an operator would.
   *
   * @return its exit code
   */
  public int stop() throws InterruptedException {
    process.toHandle().destroy(); // which leaves its last words to be read
    return awaitEnd();
  }

  @Override
  public void close() throws InterruptedException {
    if (process.isAlive()) {
      kill();
    }
  }

  private int awaitEnd() throws InterruptedException {
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("the broker did not end within " + LIMIT_SECONDS + " s");
    }
    for (Thread reader : readers) {
      reader.join();
    }
    return process.exitValue();
  }

  private void read(InputStream stream) {
    try (BufferedReader output =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        log.println(line);
        complaints.look(line);
        synchronized (lines) {
          lines.add(line);
        }
        Matcher matcher = READY.matcher(line);
        if (matcher.matches()) {
          ready.complete(matcher);
        }
      }
    } catch (IOException e) {
      log.println("(the output ended: " + e.getMessage() + ")");
    }
    ready.completeExceptionally(new StartFailure("it ended before it was ready"));
  }
}
