package io.culvert.conformance.launcher;

import io.culvert.conformance.broker.CulvertJar;
import io.culvert.engine.testkit.JavaCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** One JVM with the runnable jar; its output is read line by line by two daemon threads. */
final class JarProcess implements AutoCloseable {
  /** Far more than any step needs, also on a busy machine. */
  private static final int LIMIT_SECONDS = 60;

  private static final String MOST_MEMORY = "-Xmx256m";

  private final Process process;
  private final Lines out;
  private final Lines err;

  private JarProcess(Process process) {
    this.process = process;
    this.out = new Lines(process.getInputStream());
    this.err = new Lines(process.getErrorStream());
  }

  /** {@code java -jar culvert.jar …} in a folder. */
  static JarProcess culvert(Path folder, String... arguments) throws IOException {
    return start(folder, List.of("-jar", CulvertJar.path().toString()), arguments);
  }

  /** A main class of the jar. */
  static JarProcess main(Path folder, String mainClass, String... arguments) throws IOException {
    return main(folder, List.of(), mainClass, arguments);
  }

  /** The same with options for the JVM. */
  static JarProcess main(Path folder, List<String> options, String mainClass, String... arguments)
      throws IOException {
    List<String> jvm = new ArrayList<>(options);
    jvm.addAll(List.of("-cp", CulvertJar.path().toString(), mainClass));
    return start(folder, jvm, arguments);
  }

  /** A main class of these tests. */
  static JarProcess java(Path folder, String mainClass, String... arguments) throws IOException {
    return start(folder, JavaCommand.of(List.of(MOST_MEMORY), mainClass, arguments));
  }

  private static JarProcess start(Path folder, List<String> jvm, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(JavaCommand.java().toString());
    command.add(MOST_MEMORY);
    command.add("-XX:+UseSerialGC");
    command.addAll(jvm);
    command.addAll(List.of(arguments));
    return start(folder, command);
  }

  private static JarProcess start(Path folder, List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("CULVERT_"));
    return new JarProcess(builder.start());
  }

  /** What {@code input} gives, after the process has read all of it. */
  JarProcess input(String input) throws IOException {
    try (var stream = process.getOutputStream()) {
      stream.write(input.getBytes(StandardCharsets.UTF_8));
    }
    return this;
  }

  /** The first line of stdout. */
  String firstLine() throws Exception {
    return out.await(line -> true);
  }

  /** The first line of stdout or stderr that contains a text. */
  String lineWith(String text) throws Exception {
    Predicate<String> wanted = line -> line.contains(text);
    return (String)
        CompletableFuture.anyOf(out.find(wanted), err.find(wanted))
            .get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  /** The port of the first address in the line that says that it is ready. */
  int readyPort() throws Exception {
    return URI.create(lineWith("ready ").split(" ")[1]).getPort();
  }

  /** Waits for the end. */
  int exitCode() throws Exception {
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("still running: " + out.text() + err.text());
    }
    out.reader.join();
    err.reader.join();
    return process.exitValue();
  }

  /** Sends a signal such as {@code INT} and waits for the end. */
  int signal(String name) throws Exception {
    int sent =
        new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
    if (sent != 0) {
      throw new AssertionError("no signal could be sent");
    }
    return exitCode();
  }

  long pid() {
    return process.pid();
  }

  String out() {
    return out.text();
  }

  String err() {
    return err.text();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  private static final class Lines {
    private final List<String> lines = new ArrayList<>();
    private final List<Search> searches = new ArrayList<>();
    private final Thread reader;
    private boolean ended;

    Lines(InputStream stream) {
      reader = new Thread(() -> read(stream), "lines");
      reader.setDaemon(true);
      reader.start();
    }

    String await(Predicate<String> wanted) throws Exception {
      return find(wanted).get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    synchronized CompletableFuture<String> find(Predicate<String> wanted) {
      Search search = new Search(wanted, new CompletableFuture<>());
      lines.forEach(search::look);
      if (ended) {
        search.found.completeExceptionally(new AssertionError("not among " + lines));
      }
      searches.add(search);
      return search.found;
    }

    synchronized String text() {
      return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    }

    private void read(InputStream stream) {
      try (BufferedReader reading =
          new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
        for (String line = reading.readLine(); line != null; line = reading.readLine()) {
          add(line);
        }
      } catch (IOException e) {
        add("(the process was destroyed: " + e.getMessage() + ")");
      }
      end();
    }

    private synchronized void add(String line) {
      lines.add(line);
      searches.forEach(search -> search.look(line));
    }

    private synchronized void end() {
      ended = true;
      searches.forEach(
          search -> search.found.completeExceptionally(new AssertionError("ended after " + lines)));
    }

    private record Search(Predicate<String> wanted, CompletableFuture<String> found) {
      void look(String line) {
        if (wanted.test(line)) {
          found.complete(line);
        }
      }
    }
  }
}
