package io.culvert.conformance.broker;

import io.culvert.engine.testkit.JavaCommand;
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
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code java -jar culvert.jar run …} on free loopback ports with a fresh data folder.
 *
 * <p>Output goes line by line to {@code target/broker/NAMEOPTIONS.log} and is looked through for
 * complaints. Two daemon threads read it; everything else happens on the caller's thread.
 */
public final class CulvertProcess implements BrokerUnderTest {

  private static final Pattern READY = Pattern.compile("^ready mqtt://(\\S+) ws://(\\S+).*");

  /** The option of a broker without a store. */
  public static final String KEEPS_NOTHING = "--ephemeral";

  /**
   * More options for {@code culvert run}, from whoever starts the tests; {@code --name=value} each.
   */
  private static final String EXTRA_OPTIONS = System.getProperty("culvert.test.options", "").trim();

  private final Process process;
  private final PrintWriter log;
  private final Complaints complaints = new Complaints();
  private final Lock lock = new ReentrantLock();
  private final Condition printed = lock.newCondition();
  private final List<String> lines = new ArrayList<>(); // guarded by lock
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

  /**
   * The one that most tests share. It does not publish below {@code $SYS}, where tests look for
   * what clients publish; tests take clients over as often as they like, and send as many User
   * Properties as the protocol allows.
   */
  static CulvertProcess start() {
    return start(
        "culvert",
        List.of("-Xmx512m"),
        List.of(
            "--set",
            "mqtt.sys-interval-seconds=0",
            "--set",
            "limits.take-overs=0",
            "--set",
            "limits.user-properties=1000000"));
  }

  /**
   * One of its own for tests that need other settings, or a process that nobody else uses. It keeps
   * nothing on its disk.
   *
   * @param name of the log file
   * @param jvm options of the virtual machine
   * @param options of {@code culvert run}
   */
  public static CulvertProcess start(String name, List<String> jvm, List<String> options) {
    List<String> all = new ArrayList<>(options);
    all.add(KEEPS_NOTHING);
    return startAsGiven(name, jvm, all);
  }

  /** As {@link #start}, with a store where {@link #KEEPS_NOTHING} is not among the options. */
  public static CulvertProcess startAsGiven(String name, List<String> jvm, List<String> options) {
    try {
      Path folder = Files.createDirectories(Path.of("target", "broker"));
      Path data = Files.createTempDirectory(folder, "data");
      Path logFile = folder.resolve(name + EXTRA_OPTIONS.replaceAll("\\s", "") + ".log");
      Process process = command(jvm, data, options).start();
      process.getOutputStream().close();
      CulvertProcess started =
          new CulvertProcess(
              process, new PrintWriter(Files.newBufferedWriter(logFile), /* autoFlush= */ true));
      started.readers.forEach(Thread::start);
      Await.result("the ready line in " + logFile, started.ready);
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

  /** The lines with a text among those that it has printed so far, to stdout and stderr. */
  public List<String> lines(String text) {
    lock.lock();
    try {
      return lines.stream().filter(line -> line.contains(text)).toList();
    } finally {
      lock.unlock();
    }
  }

  /** As {@link #lines}, when there are so many. */
  public List<String> awaitLines(String text, int count) {
    long left = Await.LIMIT.toNanos();
    lock.lock();
    try {
      List<String> found = lines(text);
      while (found.size() < count) {
        if (left <= 0) {
          throw new AssertionError("not " + count + " lines with " + text + " but " + found);
        }
        left = printed.awaitNanos(left);
        found = lines(text);
      }
      return found;
    } catch (InterruptedException e) {
      throw Await.interrupted(e);
    } finally {
      lock.unlock();
    }
  }

  /** The memory that the whole process has now, heap and everything else. */
  public long residentBytes() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new AssertionError("the process has ended");
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
      process.toHandle().destroy(); // which leaves its last words to be read
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
    try (BufferedReader output =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        log.println(line);
        remember(line);
        complaints.look(line);
        Matcher matcher = READY.matcher(line);
        if (matcher.matches()) {
          ready.complete(matcher);
        }
      }
    } catch (IOException e) {
      complaints.add("reading the broker's output: " + e);
    }
    if (!ready.isDone()) {
      ready.completeExceptionally(
          new IllegalStateException(
              "the broker ended before it was ready: " + String.join("\n", lines(""))));
    }
  }

  private void remember(String line) {
    lock.lock();
    try {
      lines.add(line);
      printed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static ProcessBuilder command(List<String> jvm, Path data, List<String> options) {
    List<String> command = new ArrayList<>();
    command.add(JavaCommand.java().toString());
    command.add("-XX:+ExitOnOutOfMemoryError");
    command.addAll(jvm);
    command.addAll(List.of("-jar", CulvertJar.path().toString(), "run"));
    command.addAll(List.of("--bind", "127.0.0.1", "--port", "0", "--ws-port", "0"));
    command.addAll(List.of("--data", data.toString()));
    command.addAll(options);
    for (String extra : EXTRA_OPTIONS.split("\\s+")) {
      String extraName = extra.replaceAll("=.*", "");
      if (!extra.isEmpty() && options.stream().noneMatch(own -> own.startsWith(extraName))) {
        command.add(extra);
      }
    }
    return new ProcessBuilder(command);
  }
}
