package io.culvert.launcher;

import io.culvert.client.MqttClientOptions;
import io.culvert.client.OutgoingMessage;
import io.culvert.launcher.client.JsonMessage;
import io.culvert.launcher.client.Pace;
import io.culvert.launcher.client.PublishWindow;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.vertx.core.buffer.Buffer;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code culvert pub}: publishes one message, a file, or what comes on standard input. */
final class PubCommand {
  private static final List<String> SOURCES = List.of("-m", "-f", "-s", "-l", "-n", "--json");
  private static final List<String> ONLY_MQTT_5 =
      List.of("-D", "--content-type", "--response-topic", "--correlation-data", "--expiry");
  private static final long MOST_SECONDS = 0xFFFF_FFFFL;
  private static final int READ_BYTES = 1 << 16;

  private final ClientFlags flags;
  private final Environment environment;

  private PubCommand(ParseResult result, Environment environment) {
    this.flags = new ClientFlags(result, environment);
    this.environment = environment;
  }

  static void addOptionsTo(CommandSpec command) {
    ClientFlags.value(command, "TOPIC", "Topic to publish to.", "-t", "--topic");
    ClientFlags.value(command, "N", "QoS: 0, 1 or 2 (0).", "-q", "--qos");
    ClientFlags.flag(command, "The server keeps it as the last of its topic.", "-r", "--retain");
    ClientFlags.value(command, "TEXT", "The payload.", "-m", "--message");
    ClientFlags.value(command, "FILE", "The payload is this file.", "-f", "--file");
    ClientFlags.flag(
        command, "The payload is all of standard input.", "-s", "--stdin-file", "--stdin");
    ClientFlags.flag(
        command, "Each line of standard input is a message.", "-l", "--stdin-line", "--multiline");
    ClientFlags.flag(
        command, "The payload is empty; with -r: forget the last one.", "-n", "--null-message");
    ClientFlags.flag(
        command,
        "Each line of standard input is a JSON object, as culvert sub --format json prints them.",
        "--json");
    ClientFlags.value(command, "N", "Publish it so often (1).", "--count", "--repeat");
    ClientFlags.value(command, "N", "At most so many messages a second.", "--rate");
    ClientFlags.value(
        command,
        "SECONDS",
        "The message is worth nothing after that.",
        "--expiry",
        "--message-expiry-interval");
    ClientFlags.value(
        command, "TEXT", "What the payload is, such as text/plain.", "--content-type");
    ClientFlags.value(command, "TOPIC", "Where an answer is expected.", "--response-topic");
    ClientFlags.value(command, "TEXT", "What the answer repeats.", "--correlation-data");
    ClientFlags.values(
        command, "NAME=VALUE", "User property; may be repeated.", "-D", "--user-property");
    ClientFlags.addTo(command);
  }

  /** Returns when everything is acknowledged, or written at QoS 0. */
  static int run(ParseResult result, Environment environment, Console console)
      throws StartException, InterruptedException {
    Logging.quiet();
    return new PubCommand(result, environment).run(console);
  }

  private int run(Console console) throws StartException, InterruptedException {
    String source = source();
    boolean isStream = source.equals("-l") || source.equals("--json");
    long count = flags.number("--count", 1, Long.MAX_VALUE, 1);
    if (isStream && flags.has("--count")) {
      throw StartException.usage("--count goes with one message; %s has many".formatted(source));
    }
    Pace pace = Pace.perSecond(flags.number("--rate", 1, 10_000_000, 0));
    checkVersion();
    MqttClientOptions options = flags.options(isStream);
    Maker maker = source.equals("--json") ? PubCommand::parse : maker(message());
    ClientRun run = ClientRun.connect(options, console);
    try {
      PublishWindow window = new PublishWindow(run.client());
      if (isStream) {
        publishLines(maker, window, pace);
      } else {
        OutgoingMessage message = maker.message(payload(source));
        for (long i = 0; i < count && window.isGood(); i++) {
          pace.await();
          window.publish(message);
        }
      }
      window.awaitAll();
      String failure = window.failure();
      if (failure != null) {
        throw StartException.failure(failure);
      }
      return ExitCode.OK;
    } finally {
      run.close();
    }
  }

  private String source() throws StartException {
    List<String> given = SOURCES.stream().filter(flags::has).toList();
    if (given.size() != 1) {
      throw StartException.usage(
          "the message is one of -m TEXT, -f FILE, -s, -l, -n and --json, not "
              + (given.isEmpty() ? "none of them" : String.join(" and ", given)));
    }
    return given.get(0);
  }

  private void checkVersion() throws StartException {
    for (String name : ONLY_MQTT_5) {
      if (flags.has(name) && !flags.version().isMqtt5()) {
        throw StartException.usage(name + " needs MQTT 5: leave -V out");
      }
    }
  }

  /** All but the payload. */
  private OutgoingMessage message() throws StartException {
    String topic = flags.text("-t") == null ? flags.urlTopic() : flags.text("-t");
    if (topic == null) {
      throw StartException.usage("-t says which topic to publish to");
    }
    try {
      OutgoingMessage message =
          OutgoingMessage.of(topic, Buffer.buffer(), flags.qos("-q")).withRetain(flags.has("-r"));
      if (flags.has("--expiry")) {
        message = message.withExpirySeconds(flags.number("--expiry", 0, MOST_SECONDS, 0));
      }
      String contentType = flags.text("--content-type");
      String responseTopic = flags.text("--response-topic");
      String correlation = flags.text("--correlation-data");
      message = contentType == null ? message : message.withContentType(contentType);
      message = responseTopic == null ? message : message.withResponseTopic(responseTopic);
      message =
          correlation == null ? message : message.withCorrelationData(Buffer.buffer(correlation));
      for (String pair : flags.texts("-D")) {
        int at = pair.indexOf('=');
        if (at < 0) {
          throw StartException.usage("-D is NAME=VALUE, not " + pair);
        }
        message = message.withUserProperty(pair.substring(0, at), pair.substring(at + 1));
      }
      return message;
    } catch (IllegalArgumentException e) {
      throw StartException.usage(String.valueOf(e.getMessage()));
    }
  }

  private Buffer payload(String source) throws StartException {
    return switch (source) {
      case "-m" -> Buffer.buffer(String.valueOf(flags.text("-m")));
      case "-f" -> Buffer.buffer(flags.read("-f", String.valueOf(flags.text("-f"))));
      case "-s" -> {
        try {
          yield Buffer.buffer(environment.input().readAllBytes());
        } catch (IOException e) {
          throw StartException.failure("standard input cannot be read: " + e.getMessage());
        }
      }
      default -> Buffer.buffer();
    };
  }

  /** All messages are like this one, but for the payload. */
  private Maker maker(OutgoingMessage like) throws StartException {
    boolean isText = flags.has("-m") && flags.version().isMqtt5();
    Properties properties =
        isText ? like.properties().with(Property.PAYLOAD_FORMAT_INDICATOR, 1) : like.properties();
    return payload ->
        new OutgoingMessage(like.topic(), payload, like.qos(), like.retain(), properties, false);
  }

  private static OutgoingMessage parse(Buffer line) {
    return JsonMessage.parse(line.toString(StandardCharsets.UTF_8));
  }

  private void publishLines(Maker maker, PublishWindow window, Pace pace)
      throws StartException, InterruptedException {
    long number = 0;
    try (InputStream input = new BufferedInputStream(environment.input(), READ_BYTES)) {
      byte[] line = line(input);
      while (line != null && window.isGood()) {
        number++;
        pace.await();
        window.publish(maker.message(Buffer.buffer(line)));
        line = line(input);
      }
    } catch (IllegalArgumentException e) {
      throw StartException.usage("line %d of standard input: %s".formatted(number, e.getMessage()));
    } catch (IOException e) {
      throw StartException.failure("standard input cannot be read: " + e.getMessage());
    }
  }

  /** Any bytes up to the end of a line, which is left out; null at the end. */
  private static byte @Nullable [] line(InputStream input) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next = input.read();
    if (next < 0) {
      return null;
    }
    for (; next >= 0 && next != '\n'; next = input.read()) {
      line.write(next);
    }
    return line.toByteArray();
  }

  /** From a payload, or a line of JSON, to a message. */
  private interface Maker {
    OutgoingMessage message(Buffer content);
  }
}
