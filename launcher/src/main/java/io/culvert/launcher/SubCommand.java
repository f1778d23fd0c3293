package io.culvert.launcher;

import io.culvert.client.MqttClientOptions;
import io.culvert.client.ReceivedMessage;
import io.culvert.client.Subscription;
import io.culvert.client.SubscriptionRequest;
import io.culvert.launcher.client.Arrivals;
import io.culvert.launcher.client.MessagePrinter;
import io.culvert.launcher.client.OutputFormat;
import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.RetainHandling;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code culvert sub}: subscribes and prints what comes. */
final class SubCommand {
  private final ClientFlags flags;
  private final Console console;
  private final Ending ending;

  private SubCommand(ClientFlags flags, Console console, Ending ending) {
    this.flags = flags;
    this.console = console;
    this.ending = ending;
  }

  static void addOptionsTo(CommandSpec command) {
    ClientFlags.values(command, "FILTER", "Topic filter; may be repeated.", "-t", "--topic");
    ClientFlags.value(command, "N", "The highest QoS: 0, 1 or 2 (0).", "-q", "--qos");
    ClientFlags.value(
        command,
        "FORMAT",
        "text, json (one object a line), hex or topics (text).",
        "-F",
        "--format",
        "--output-mode");
    ClientFlags.flag(
        command,
        "Print topics in front of payloads, and mark retained messages.",
        "-v",
        "--verbose");
    ClientFlags.flag(command, "Do not end the line behind each message.", "-N", "--no-newline");
    ClientFlags.value(command, "N", "End after so many messages.", "-C", "--count");
    ClientFlags.value(
        command, "SECONDS", "End after so long; 3 if -C is not reached then.", "-W", "--timeout");
    ClientFlags.flag(command, "End when the server has granted all.", "-E", "--exit-subscribed");
    ClientFlags.flag(command, "Do not print retained messages.", "-R", "--no-retained");
    ClientFlags.flag(
        command, "Print retained messages only; end with the first other one.", "--retained-only");
    ClientFlags.values(
        command, "FILTER", "Do not print what matches; may be repeated.", "-T", "--filter-out");
    ClientFlags.values(
        command, "FILTER", "Unsubscribe, for sessions that go on.", "-U", "--unsubscribe");
    ClientFlags.flag(command, "Keep the RETAIN flag of live messages.", "--retain-as-published");
    ClientFlags.value(
        command,
        "N",
        "Retained messages: 0 at each subscribing, 1 at a new one only, 2 never (0).",
        "--retain-handling");
    ClientFlags.addTo(command);
  }

  /** Returns at the end of what was asked for, or by a signal. */
  static int run(ParseResult result, Environment environment, Console console, Ending ending)
      throws StartException, InterruptedException {
    Logging.quiet();
    return new SubCommand(new ClientFlags(result, environment), console, ending).run();
  }

  private int run() throws StartException, InterruptedException {
    List<SubscriptionRequest> requests = requests();
    List<TopicFilter> unwanted = new ArrayList<>();
    for (String filter : flags.texts("-T")) {
      unwanted.add(filter(filter));
    }
    long count = flags.number("-C", 1, Long.MAX_VALUE, Long.MAX_VALUE);
    long seconds = flags.number("-W", 1, Integer.MAX_VALUE, Long.MAX_VALUE);
    MessagePrinter printer = printer();
    MqttClientOptions options = flags.options(/* comesBack= */ true);

    Arrivals arrivals = new Arrivals();
    ClientRun run = ClientRun.connect(options, console);
    ending.whenAsked(
        () -> {
          arrivals.end();
          return Future.succeededFuture();
        });
    try {
      for (String filter : flags.texts("-U")) {
        ClientRun.await(run.client().unsubscribe(filter));
      }
      for (SubscriptionRequest request : requests) {
        Subscription subscription =
            ClientRun.await(run.client().subscribe(request, arrivals::arrived));
        arrivals.from(subscription);
      }
      if (requests.isEmpty() || flags.has("-E")) {
        return ExitCode.OK;
      }
      // What other filters of the session bring must not fill the window.
      var unused =
          run.client().defaultHandler(arrivals::arrivedUnasked, /* manualAcknowledgement= */ true);
      return print(arrivals, printer, unwanted, count, seconds);
    } finally {
      ending.cancel();
      long dropped = arrivals.dropped();
      if (dropped > 0) {
        console
            .err()
            .printf(
                Locale.ROOT, "%d messages of QoS 0 came faster than they were printed%n", dropped);
      }
      run.close();
    }
  }

  private int print(
      Arrivals arrivals,
      MessagePrinter printer,
      List<TopicFilter> unwanted,
      long count,
      long seconds)
      throws InterruptedException {
    long endNanos =
        seconds == Long.MAX_VALUE ? 0 : System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    long printed = 0;
    while (printed < count) {
      long left = endNanos == 0 ? Long.MAX_VALUE : endNanos - System.nanoTime();
      ReceivedMessage message = arrivals.next(left);
      if (message == null) {
        boolean isMissed = !arrivals.isEnded() && count != Long.MAX_VALUE;
        return isMissed ? ExitCode.TIMEOUT : ExitCode.OK;
      }
      if (flags.has("--retained-only") && !message.retain()) {
        return ExitCode.OK;
      }
      if (isWanted(message, unwanted)) {
        if (!printer.print(message)) {
          console.fail(
              Console.closed(
                  """
                  The message to %s is not
                    printed as a whole, and not acknowledged."""
                      .formatted(message.topic())));
          return ExitCode.FAILURE;
        }
        printed++;
      }
      message.acknowledge();
    }
    return ExitCode.OK;
  }

  private boolean isWanted(ReceivedMessage message, List<TopicFilter> unwanted) {
    if (message.retain() && flags.has("-R")) {
      return false;
    }
    TopicName topic = TopicName.of(message.topic());
    return unwanted.stream().noneMatch(filter -> filter.matches(topic));
  }

  private List<SubscriptionRequest> requests() throws StartException {
    List<String> filters = new ArrayList<>(flags.texts("-t"));
    String inUrl = flags.urlTopic();
    if (inUrl != null) {
      filters.add(inUrl);
    }
    if (filters.isEmpty() && flags.texts("-U").isEmpty()) {
      throw StartException.usage("-t says what to subscribe to, such as -t '#'");
    }
    QoS qos = flags.qos("-q");
    RetainHandling handling = RetainHandling.of((int) flags.number("--retain-handling", 0, 2, 0));
    List<SubscriptionRequest> requests = new ArrayList<>();
    for (String filter : filters) {
      try {
        SubscriptionRequest request =
            SubscriptionRequest.of(filter, qos)
                .withManualAcknowledgement()
                .withRetainHandling(handling);
        requests.add(
            flags.has("--retain-as-published") ? request.withRetainAsPublished() : request);
      } catch (IllegalArgumentException e) {
        throw StartException.usage(String.valueOf(e.getMessage()));
      }
    }
    return requests;
  }

  private static TopicFilter filter(String text) throws StartException {
    try {
      return TopicFilter.parse(text);
    } catch (MqttViolation e) {
      throw StartException.usage("-T: " + text + " is no topic filter: " + e.getMessage());
    }
  }

  private MessagePrinter printer() throws StartException {
    String name = flags.text("-F");
    try {
      OutputFormat format = name == null ? OutputFormat.TEXT : OutputFormat.parse(name);
      return new MessagePrinter(
          console.out(), format, flags.has("-v"), !flags.has("-N"), console.colour(), Instant::now);
    } catch (IllegalArgumentException e) {
      throw StartException.usage("-F: " + e.getMessage());
    }
  }
}
