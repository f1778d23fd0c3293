package io.culvert.launcher;

import io.culvert.launcher.bench.Bench;
import io.culvert.launcher.bench.BenchMode;
import io.culvert.launcher.bench.BenchPlan;
import io.culvert.launcher.bench.BenchReport;
import io.vertx.core.Future;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code culvert bench}: how a server does under load. */
final class BenchCommand {
  private static final int MOST_CLIENTS = 100_000;
  private static final int MOST_BYTES = 16 << 20;

  private BenchCommand() {}

  static void addOptionsTo(CommandSpec command) {
    Words.add(command, 0, "connections|pub|sub|pairs", "What the clients do.");
    ClientFlags.value(command, "N", "Clients, or pairs of clients (10).", "--clients");
    ClientFlags.value(command, "SECONDS", "How long (10).", "--duration");
    ClientFlags.value(command, "N", "Messages a second of all together (as many as go).", "--rate");
    ClientFlags.value(command, "BYTES", "Payload (64).", "--size");
    ClientFlags.value(command, "N", "Messages that a publisher has under way (20).", "--window");
    ClientFlags.value(command, "N", "QoS: 0, 1 or 2 (0).", "-q", "--qos");
    ClientFlags.value(
        command, "TOPIC", "Beginning of topics; for sub the filter (bench).", "-t", "--topic");
    ClientFlags.flag(command, "Print one JSON object.", "--json");
    ClientFlags.addTo(command);
  }

  /** Exit code 1 when something failed or did not arrive. */
  static int run(ParseResult result, Environment environment, Console console, Ending ending)
      throws StartException, InterruptedException {
    Logging.quiet();
    ClientFlags flags = new ClientFlags(result, environment);
    BenchPlan plan = plan(result, flags);
    Bench bench = new Bench(plan, console.err());
    ending.whenAsked(
        () -> {
          bench.stop();
          return Future.succeededFuture();
        });
    try {
      BenchReport report = bench.run();
      console
          .out()
          .print(
              flags.has("--json")
                  ? report.toJson().encodePrettily() + System.lineSeparator()
                  : report.toText());
      console.out().flush();
      return report.isGood() ? ExitCode.OK : ExitCode.FAILURE;
    } catch (ExecutionException e) {
      throw StartException.failure("not all clients could be connected: " + Reason.of(e));
    } finally {
      ending.cancel();
    }
  }

  private static BenchPlan plan(ParseResult result, ClientFlags flags) throws StartException {
    BenchMode mode;
    try {
      mode = BenchMode.parse(result.matchedPositionalValue(0, ""));
    } catch (IllegalArgumentException e) {
      throw StartException.usage("what the clients do is " + e.getMessage());
    }
    String topic = flags.text("-t");
    String id = flags.text("-i");
    return new BenchPlan(
        mode,
        flags.options(/* comesBack= */ false),
        id == null ? "" : id,
        (int) flags.number("--clients", 1, MOST_CLIENTS, 10),
        topic == null ? "bench" : topic,
        flags.qos("-q"),
        (int) flags.number("--size", BenchPlan.LEAST_PAYLOAD_BYTES, MOST_BYTES, 64),
        (int) flags.number("--window", 1, 65_535, 20),
        flags.number("--rate", 1, Integer.MAX_VALUE, 0),
        (int) flags.number("--duration", 1, Integer.MAX_VALUE, 10));
  }
}
