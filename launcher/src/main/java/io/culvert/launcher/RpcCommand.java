package io.culvert.launcher;

import io.culvert.rpc.Observed;
import io.culvert.rpc.RpcBodies;
import io.culvert.rpc.RpcClient;
import io.culvert.rpc.RpcRequestOptions;
import io.culvert.rpc.persistent.RequestState;
import io.culvert.rpc.persistent.RequestStatus;
import io.culvert.rpc.protocol.LinkFormat;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.Payload;
import io.culvert.rpc.protocol.PayloadViolation;
import io.culvert.rpc.protocol.RpcException;
import io.culvert.runtime.bus.RpcCall;
import io.culvert.runtime.bus.RpcSubmission;
import io.culvert.runtime.log.Printable;
import io.vertx.core.Future;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code culvert rpc}: asks a device, and prints its answer. */
final class RpcCommand {
  private final ParseResult result;
  private final RpcFlags flags;
  private final Environment environment;
  private final Console console;

  private RpcCommand(ParseResult result, Environment environment, Console console) {
    this.result = result;
    this.flags = new RpcFlags(result, environment);
    this.environment = environment;
    this.console = console;
  }

  static void addOptionsTo(CommandSpec command, Method method) {
    addResourceTo(command);
    Words.addOptional(
        command,
        3,
        "BODY",
        method == Method.GET || method == Method.DELETE
            ? "JSON that goes with it; - is standard input."
            : "JSON; - is standard input.");
    ClientFlags.value(
        command, "SECONDS", "Keep trying for so long until the device is there.", "--until-there");
    ClientFlags.flag(command, "Want no answer; end when the broker has the request.", "--tell");
    addCommonTo(command);
  }

  static void addDiscoverTo(CommandSpec command) {
    addDeviceTo(command);
    Words.addOptional(command, 2, "FILTER", "NAME=VALUE, such as rt=gf.*");
    addCommonTo(command);
  }

  static void addObserveTo(CommandSpec command) {
    addResourceTo(command);
    addCommonTo(command);
  }

  private static void addDeviceTo(CommandSpec command) {
    Words.add(command, 0, "TARGET", "Tag of the device.");
    Words.add(command, 1, "SUBSYSTEM", "Which of its subsystems.");
  }

  private static void addResourceTo(CommandSpec command) {
    addDeviceTo(command);
    Words.add(command, 2, "PATH", "Path of the resource.");
  }

  private static void addCommonTo(CommandSpec command) {
    ClientFlags.value(command, "N", "How long to wait (5000).", "--timeout-millis");
    ClientFlags.value(command, "TEXT", "Token that the device wants to see.", "--token");
    ClientFlags.value(
        command, "TEXT", "What requests of one purpose have in common.", "--correlation-id");
    ClientFlags.flag(command, "Print the whole answer, not only its body.", "--whole");
    RpcFlags.addTo(command);
  }

  /** Each state of a resource, until it is asked to end or no other will come. */
  static int observe(ParseResult result, Environment environment, Console console, Ending ending)
      throws StartException, InterruptedException {
    Logging.quiet();
    return new RpcCommand(result, environment, console).observe(ending);
  }

  /** What a device has, one resource a line. */
  static int discover(ParseResult result, Environment environment, Console console)
      throws StartException, InterruptedException {
    Logging.quiet();
    return new RpcCommand(result, environment, console).discover();
  }

  /** One request and its answer. */
  static int call(Method method, ParseResult result, Environment environment, Console console)
      throws StartException, InterruptedException {
    Logging.quiet();
    return new RpcCommand(result, environment, console).call(method);
  }

  private int call(Method method) throws StartException, InterruptedException {
    checkDevice();
    Object body = body();
    RpcRequestOptions how = how();
    ClientFlags given = flags.client();
    if (given.has("--tell") && given.has("--until-there")) {
      throw StartException.usage("--tell does not wait for the device: leave out --until-there");
    }
    long patience =
        given.number("--until-there", 1, RpcSubmission.LONGEST_EXPIRY_SECONDS, 0) * 1000;
    return connected(
        client -> {
          if (given.has("--tell")) {
            await(client.tell(word(0), word(1), word(2), method, body, how));
            return ExitCode.OK;
          } else if (patience > 0) {
            return print(
                await(
                    PatientRequest.ask(
                        client, word(0), word(1), word(2), method, body, how, patience)));
          }
          return print(await(client.request(word(0), word(1), word(2), method, body, how)));
        });
  }

  private int discover() throws StartException, InterruptedException {
    checkDevice();
    RpcRequestOptions how = how().withQuery(filter());
    String path = LinkFormat.WELL_KNOWN_CORE;
    return connected(
        client -> printLinks(await(client.request(word(0), word(1), path, Method.GET, null, how))));
  }

  private int observe(Ending ending) throws StartException, InterruptedException {
    checkDevice();
    RpcRequestOptions how = how();
    RpcRun run = connect();
    AtomicBoolean hasCome = new AtomicBoolean();
    try {
      Observed observed =
          await(
              run.client()
                  .observe(
                      word(0),
                      word(1),
                      word(2),
                      how,
                      state -> {
                        hasCome.set(true);
                        printState(state, ending);
                      }));
      ending.whenAsked(
          () -> {
            observed.close();
            return run.stop();
          });
      observed
          .ended()
          .onComplete(
              ended -> {
                if (!ending.isAsked()) {
                  ending.cannotGoOn(
                      hasCome.get()
                          ? printEnd(ended.cause())
                          : printUnobserved(observed.first(), ending));
                }
              });
      return ending.await();
    } catch (ExecutionException e) {
      run.close();
      return failed(e);
    }
  }

  private void printState(Payload.Response state, Ending ending) {
    printBody(state);
    if (!console.hasTaken()) {
      ending.cannotGoOn(Console.closed("Not every state is printed."));
    }
  }

  /** The only answer; returns why there will be no other. */
  private String printUnobserved(Payload.Response answer, Ending ending) {
    printState(answer, ending);
    return """
        %s does not let %s be observed, or not by one more:
          that was its answer, and no other will come"""
        .formatted(word(0), word(2));
  }

  /** The failure that was the last to come, if one was; returns why nothing will. */
  private String printEnd(@Nullable Throwable why) {
    if (why instanceof RpcException failure && failure.response() == null) {
      return "no other state of %s will come: %d: %s"
          .formatted(word(2), failure.responseCode(), failure.detail());
    } else if (why instanceof RpcException failure) {
      int unused = print(failure);
    }
    return "%s does not let %s be observed any more".formatted(word(0), word(2));
  }

  private void checkDevice() throws StartException {
    RpcFlags.checkLevel("TARGET", word(0));
    RpcFlags.checkLevel("SUBSYSTEM", word(1));
  }

  private int connected(Asking asking) throws StartException, InterruptedException {
    RpcRun run = connect();
    try {
      return asking.ask(run.client());
    } catch (ExecutionException e) {
      return failed(e);
    } finally {
      run.close();
    }
  }

  private int failed(ExecutionException e) throws StartException {
    if (e.getCause() instanceof RpcException failure) {
      return print(failure);
    }
    throw StartException.failure(Reason.of(e));
  }

  private Map<String, String> filter() throws StartException {
    String given = result.matchedPositionalValue(2, (String) null);
    if (given == null) {
      return Map.of();
    }
    int at = given.indexOf('=');
    if (at < 1) {
      throw StartException.usage("FILTER is NAME=VALUE, such as rt=gf.*, not " + given);
    }
    return Map.of(given.substring(0, at), given.substring(at + 1));
  }

  private RpcRun connect() throws StartException, InterruptedException {
    return RpcRun.connect(
        flags.connection(false), flags.requester(), flags.client().version().isMqtt5(), null);
  }

  private static <T> T await(Future<T> future) throws InterruptedException, ExecutionException {
    return future.toCompletionStage().toCompletableFuture().get();
  }

  private RpcRequestOptions how() throws StartException {
    ClientFlags given = flags.client();
    return RpcRequestOptions.DEFAULT
        .withTimeoutMillis(given.number("--timeout-millis", 1, RpcCall.LONGEST_MILLIS, 0))
        .withToken(given.text("--token"))
        .withCorrelationId(given.text("--correlation-id"));
  }

  private @Nullable Object body() throws StartException {
    String given = result.matchedPositionalValue(3, (String) null);
    if (given == null) {
      return null;
    }
    String text = given;
    if (given.equals("-")) {
      try {
        text = new String(environment.input().readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw StartException.failure("standard input cannot be read: " + e.getMessage());
      }
    }
    try {
      return RpcBodies.plain(Json.decodeValue(text));
    } catch (DecodeException e) {
      throw StartException.usage(
          "BODY is JSON, such as '[1, 2]' or '\"text\"', not %s".formatted(text));
    }
  }

  private int print(Payload.Response response) {
    console.err().println(head(response));
    printBody(response);
    return ExitCode.OK;
  }

  private int printLinks(Payload.Response answer) throws StartException {
    if (!(answer.body() instanceof String text)) {
      throw StartException.failure(word(0) + " does not list its resources");
    }
    try {
      LinkFormat.parse(text).forEach(link -> console.out().println(line(link)));
    } catch (PayloadViolation violation) {
      throw StartException.failure(String.valueOf(violation.getMessage()));
    }
    console.out().flush();
    return ExitCode.OK;
  }

  private static String line(LinkFormat.Link link) {
    StringBuilder line = new StringBuilder(Printable.text(link.target()));
    link.attributes()
        .forEach(
            (name, value) ->
                line.append(' ')
                    .append(Printable.text(name))
                    .append("=\"")
                    .append(Printable.text(value))
                    .append('"'));
    return line.toString();
  }

  private int print(RpcException failure) {
    Payload.Response response = failure.response();
    if (response == null) {
      console.fail("%d: %s".formatted(failure.responseCode(), failure.detail()));
    } else {
      console.err().println(head(response));
      printBody(response);
    }
    return ExitCode.FAILURE;
  }

  /** What became of a request that has waited for its device. */
  private int print(RequestStatus status) {
    Payload.Response answer = status.answer();
    if (answer == null) {
      console.fail(
          "%s: %s"
              .formatted(
                  status.state() == RequestState.EXPIRED ? "not sent" : "sent, and no answer",
                  status.detail()));
      return ExitCode.FAILURE;
    }
    int printed = print(answer);
    return answer.isSuccess() ? printed : ExitCode.FAILURE;
  }

  private static String head(Payload.Response response) {
    String location = response.location();
    return response.responseCode()
        + (response.code() == null ? "" : " " + response.code())
        + (location == null ? "" : " " + location);
  }

  private void printBody(Payload.Response response) {
    if (flags.client().has("--whole")) {
      console.out().println(RpcJson.of(response).encode());
    } else if (response.body() != null) {
      console.out().println(Json.encode(response.body()));
    }
    console.out().flush();
  }

  private String word(int index) {
    return result.matchedPositionalValue(index, "");
  }

  /** What is done with a client that is connected. */
  @FunctionalInterface
  private interface Asking {
    int ask(RpcClient client) throws StartException, InterruptedException, ExecutionException;
  }
}
