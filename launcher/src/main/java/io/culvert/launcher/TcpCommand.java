package io.culvert.launcher;

import io.culvert.runtime.config.ConfigurationLoader;
import io.culvert.tcp.SharedSecret;
import io.culvert.tcp.TcpClientOptions;
import io.culvert.tcp.TcpServerOptions;
import io.culvert.tcp.wire.AuthPlugin;
import io.culvert.tcp.wire.Dialect;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.MessageType;
import io.vertx.core.Deployable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code culvert tcp}: talks to peers of the TCP message service, and shows an example server. */
final class TcpCommand {
  private static final int DEFAULT_PORT = 8888;
  private static final int DEFAULT_TIMEOUT_MILLIS = 10_000;

  /** For the connection, and for a port that is bound. */
  private static final long START_MILLIS = 60_000;

  private final ParseResult result;
  private final Environment environment;
  private final Console console;
  private final Ending ending;

  private TcpCommand(ParseResult result, Environment environment, Console console, Ending ending) {
    this.result = result;
    this.environment = environment;
    this.console = console;
    this.ending = ending;
  }

  static void addOptionsTo(CommandSpec command, boolean client) {
    if (client) {
      ClientFlags.value(command, "NAME", "Where the server is (127.0.0.1).", "--host");
    }
    ClientFlags.value(command, "PORT", "Port of the server (8888).", "--port");
    ClientFlags.value(command, "TEXT", "What messages are signed with.", "--secret");
    ClientFlags.value(
        command,
        "FILE",
        "The same, in the first line of a file, as tcp.secret-file has it.",
        "--secret-file");
    ClientFlags.value(
        command,
        "ID",
        "What is spoken: %s (%s)."
            .formatted(String.join(", ", Dialect.ids()), Dialect.DEFAULT.id()),
        "--dialect");
  }

  static void addMessageTo(CommandSpec command) {
    ClientFlags.value(command, "N", "How long to wait (10000).", "--timeout-millis");
    Words.add(command, 0, "TYPE", "Such as request, create, update, delete, publish.");
    Words.add(command, 1, "URI", "What it is about.");
    Words.addOptional(command, 2, "CONTENT", "Text that goes with it.");
  }

  static void addUrisTo(CommandSpec command) {
    command.addPositional(
        PositionalParamSpec.builder()
            .index("0..*")
            .paramLabel("URI")
            .arity("0..*")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description("What to subscribe to; without one, what is sent to everybody is shown.")
            .build());
  }

  /** An example server until it is asked to end. */
  static int demo(ParseResult result, Environment environment, Console console, Ending ending)
      throws StartException, InterruptedException {
    return new TcpCommand(result, environment, console, ending).demo();
  }

  /** One message and its answer. */
  static int request(ParseResult result, Environment environment, Console console, Ending ending)
      throws StartException, InterruptedException {
    return new TcpCommand(result, environment, console, ending).call(true);
  }

  /** One message. */
  static int send(ParseResult result, Environment environment, Console console, Ending ending)
      throws StartException, InterruptedException {
    return new TcpCommand(result, environment, console, ending).call(false);
  }

  /** What comes, until it is asked to end. */
  static int listen(ParseResult result, Environment environment, Console console, Ending ending)
      throws StartException, InterruptedException {
    return new TcpCommand(result, environment, console, ending).listen();
  }

  private int demo() throws StartException, InterruptedException {
    AuthPlugin auth = auth();
    TcpServerOptions options = new TcpServerOptions().dialect(dialect());
    if (auth == null) {
      console.err().println("without --secret, whoever is on this machine may do everything");
    } else {
      options.auth(auth);
    }
    new Listeners.Address("127.0.0.1", port(), "", "--port ").check();
    TcpDemo demo = new TcpDemo(options, port());
    Node node = deploy(demo);
    console.out().println("ready tcp://127.0.0.1:" + demo.port());
    console.out().flush();
    ending.whenAsked(node::stop);
    return ending.await();
  }

  private int call(boolean waits) throws StartException, InterruptedException {
    Message message =
        Message.of(
            type(), result.matchedPositionalValue(1, ""), result.matchedPositionalValue(2, ""));
    TcpCall call = new TcpCall(host(), port(), clientOptions(), message, waits);
    Node node = deploy(call);
    Message answer = call.answer();
    node.stop().toCompletionStage().toCompletableFuture().join();
    if (answer == null) {
      return ExitCode.OK;
    }
    console.err().println(answer.type());
    byte[] content = answer.content().toByteArray();
    console.out().write(content, 0, content.length);
    console.out().println();
    console.out().flush();
    return answer.type().isError() ? ExitCode.FAILURE : ExitCode.OK;
  }

  private int listen() throws StartException, InterruptedException {
    List<String> uris = result.matchedPositionalValue(0, List.of());
    Node node = deploy(new TcpListen(host(), port(), clientOptions(), uris, console, ending));
    ending.whenAsked(node::stop);
    return ending.await();
  }

  private TcpClientOptions clientOptions() throws StartException {
    TcpClientOptions options =
        new TcpClientOptions().dialect(dialect()).timeoutMillis(timeoutMillis());
    AuthPlugin auth = auth();
    return auth == null ? options : options.auth(auth);
  }

  private Node deploy(Deployable verticle) throws StartException, InterruptedException {
    Logging.apply(
        ConfigurationLoader.of(Settings.TABLE).flag("tcp", "logging.level", "warn").load(),
        environment.folder());
    Node node = Node.create(1, /* gather= */ true);
    try {
      node.deploy(verticle)
          .toCompletionStage()
          .toCompletableFuture()
          .get(START_MILLIS + timeoutMillis(), TimeUnit.MILLISECONDS);
      return node;
    } catch (ExecutionException | TimeoutException e) {
      node.stop();
      throw StartException.failure(Reason.of(e));
    }
  }

  private MessageType type() throws StartException {
    String name = result.matchedPositionalValue(0, "");
    MessageType type = dialect().types().find(name);
    if (type == null) {
      throw StartException.usage("\"" + name + "\" is no message type of this dialect");
    }
    return type;
  }

  private Dialect dialect() throws StartException {
    String id = result.matchedOptionValue("--dialect", Dialect.DEFAULT.id());
    Dialect dialect = Dialect.find(id);
    if (dialect == null) {
      throw StartException.usage(
          "--dialect %s: there are %s".formatted(id, String.join(", ", Dialect.ids())));
    }
    return dialect;
  }

  private @Nullable AuthPlugin auth() throws StartException {
    String secret = result.matchedOptionValue("--secret", "");
    if (result.hasMatchedOption("--secret-file")) {
      secret = read(environment.folder().resolve(result.matchedOptionValue("--secret-file", "")));
    } else if (!result.hasMatchedOption("--secret")) {
      return null;
    }
    if (secret.isEmpty()) {
      throw StartException.usage("the secret is empty");
    }
    if (secret.getBytes(StandardCharsets.UTF_8).length < SharedSecret.MINIMUM_BYTES) {
      console
          .err()
          .println(
              "a secret of fewer than %d bytes is for trying things out only"
                  .formatted(SharedSecret.MINIMUM_BYTES));
    }
    return SharedSecret.forTrials(secret, dialect());
  }

  private static String read(Path file) throws StartException {
    try {
      return Files.readString(file)
          .lines()
          .map(String::stripTrailing)
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .findFirst()
          .orElse("");
    } catch (IOException e) {
      throw StartException.usage("%s cannot be read: %s".formatted(file, Reason.ofFile(e)));
    }
  }

  private String host() {
    return result.matchedOptionValue("--host", "127.0.0.1");
  }

  private int port() throws StartException {
    return number("--port", 0, 65_535, DEFAULT_PORT);
  }

  private int timeoutMillis() throws StartException {
    return result.commandSpec().findOption("--timeout-millis") == null
        ? DEFAULT_TIMEOUT_MILLIS
        : number("--timeout-millis", 1, Integer.MAX_VALUE, DEFAULT_TIMEOUT_MILLIS);
  }

  private int number(String option, int least, int most, int otherwise) throws StartException {
    return (int) new ClientFlags(result, environment).number(option, least, most, otherwise);
  }
}
