package io.culvert.launcher;

import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The command in this process, with everything around it under the test's control. */
final class Session {
  private static final int LIMIT_SECONDS = 30;

  final Map<String, String> variables = new HashMap<>();
  private final Path folder;
  private final Output out = new Output();
  private final Output err = new Output();
  private final CompletableFuture<Ending> ending = new CompletableFuture<>();
  private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
  private boolean graphics = true;
  private boolean isClosed;
  private String input = "";
  private Terminal terminal;
  private Supplier<? extends Deployable> broker = DummyBroker::new;

  Session(Path folder) {
    this.folder = folder;
  }

  Session input(String text) {
    input = text;
    return this;
  }

  /** Somebody sits there who gives these answers, one to each question. */
  Session answers(String... answers) {
    Deque<String> left = new ArrayDeque<>(List.of(answers));
    terminal = question -> left.poll();
    return this;
  }

  /** Nobody reads the results. */
  Session closed() {
    isClosed = true;
    return this;
  }

  /** The output knows ASCII only. */
  Session ascii() {
    graphics = false;
    return this;
  }

  Session broker(Supplier<? extends Deployable> verticle) {
    broker = verticle;
    return this;
  }

  /** Runs a command that ends by itself. */
  int execute(String... arguments) throws Exception {
    start(arguments);
    return exitCode();
  }

  /** Starts a command that goes on. */
  Session start(String... arguments) {
    Console console =
        new Console(
            isClosed ? broken() : out.stream(), err.stream(), /* colour= */ false, graphics);
    ByteArrayInputStream stdin = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
    Cli cli =
        new Cli(
            new Environment(variables, folder, stdin, terminal),
            console,
            broker,
            () -> {
              Ending created = Ending.create(console, 30_000);
              ending.complete(created);
              return created;
            });
    new Thread(
            () -> {
              try {
                exitCode.complete(cli.execute(arguments));
              } catch (Throwable e) {
                exitCode.completeExceptionally(e);
              }
            },
            "command")
        .start();
    return this;
  }

  private static PrintStream broken() {
    return new PrintStream(
        new OutputStream() {
          @Override
          public void write(int one) throws IOException {
            throw new IOException("Broken pipe");
          }
        });
  }

  /** What was printed when everything listens, or when it has ended. */
  String ready() throws Exception {
    line("");
    return out();
  }

  /** The first complete line of stdout with a text; everything when it has ended without one. */
  String line(String text) throws Exception {
    CompletableFuture<String> found = out.find(text);
    CompletableFuture.anyOf(found, exitCode).get(LIMIT_SECONDS, TimeUnit.SECONDS);
    return found.getNow(out());
  }

  /** The same of stderr. */
  String errLine(String text) throws Exception {
    CompletableFuture<String> found = err.find(text);
    CompletableFuture.anyOf(found, exitCode).get(LIMIT_SECONDS, TimeUnit.SECONDS);
    return found.getNow(err());
  }

  /** How it ended by itself. */
  int exitCode() throws Exception {
    return exitCode.get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  /** Asks for the end as a signal would. */
  int end() throws Exception {
    ask();
    return exitCode();
  }

  /** The same, without waiting for the end. */
  void ask() {
    ending.orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).join().ask();
  }

  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  /** Says that it listens, and does not; in place of port 0 at {@link #FREE_PORT}. */
  static class DummyBroker extends VerticleBase {
    static final int FREE_PORT = 40_404;

    @Override
    public Future<?> start() {
      JsonArray listeners = config().getJsonObject("mqtt").getJsonArray("listeners");
      Map<String, String> bound =
          vertx.sharedData().getLocalMap("culvert.listeners." + config().getString("deployment"));
      for (int i = 0; i < listeners.size(); i++) {
        bound.put(uri(listeners.getJsonObject(i)), "listener " + i);
      }
      return Future.succeededFuture();
    }

    private static String uri(JsonObject listener) {
      boolean tcp = listener.getString("type").equals("tcp");
      int port = listener.getInteger("port");
      return (tcp ? "mqtt://" : "ws://")
          + listener.getString("bind")
          + ":"
          + (port == 0 ? FREE_PORT : port)
          + (tcp ? "" : listener.getString("path"));
    }
  }

  private static final class Output extends ByteArrayOutputStream {
    private String wanted = "";
    private CompletableFuture<String> found = new CompletableFuture<>();

    PrintStream stream() {
      return new PrintStream(this, /* autoFlush= */ true, StandardCharsets.UTF_8);
    }

    synchronized CompletableFuture<String> find(String text) {
      wanted = text;
      found = new CompletableFuture<>();
      look();
      return found;
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      super.write(bytes, offset, length);
      look();
    }

    private void look() {
      String text = toString(StandardCharsets.UTF_8);
      text.substring(0, text.lastIndexOf('\n') + 1)
          .lines()
          .filter(line -> line.contains(wanted))
          .findFirst()
          .ifPresent(found::complete);
    }
  }
}
