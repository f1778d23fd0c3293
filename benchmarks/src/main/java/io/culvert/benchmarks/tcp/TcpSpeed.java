package io.culvert.benchmarks.tcp;

import io.culvert.engine.Bytes;
import io.culvert.tcp.wire.Dialect;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.MessageType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the TCP message service costs its server beside a plain echo and the bare HMACs: CPU of the
 * server's process per message, with bodies of 256 bytes. Servers take turns, round after round;
 * what is printed is the median, and how it stands to 1.5 × (echo + HMACs).
 *
 * <p>{@code benchmarks/tcp SECONDS ROUNDS}, which measures the HMAC first.
 */
final class TcpSpeed {
  private static final int SUBSCRIBERS = 500;

  /** The compiler of the JVM needs as long, and its CPU would count. */
  private static final int WARM_UP_ROUNDS = 4;

  private static final Bytes HELLO = Bytes.utf8("hello");
  private static final double BOUND = 1.5;
  private static final List<String> DIALECTS = List.of("n002-p02", "n009-p03");

  private TcpSpeed() {}

  /** Arguments: the CSV of {@link TcpHmacBenchmark#hmac}, seconds and rounds. */
  public static void main(String[] args) throws IOException {
    Map<String, Double> hmacMicros = hmacMicros(Path.of(args[0]));
    int seconds = Integer.parseInt(args[1], 10);
    int rounds = Integer.parseInt(args[2], 10);
    for (int window : new int[] {1, 100}) {
      report(
          "request and answer, window " + window, requests(window, seconds, rounds), hmacMicros, 2);
    }
    report("fan-out to " + SUBSCRIBERS, fanOut(seconds, rounds), hmacMicros, 2.0 / SUBSCRIBERS);
  }

  private static Map<String, List<Double>> requests(int window, int seconds, int rounds)
      throws IOException {
    Map<String, Run> runs = new LinkedHashMap<>();
    Bytes plain = request(Dialect.DEFAULT);
    runs.put("echo", port -> RequestLoad.run(port, plain, window, seconds));
    for (String id : DIALECTS) {
      Bytes frame = request(dialect(id));
      runs.put(id, port -> RequestLoad.run(port, frame, window, seconds));
    }
    return measure(runs, "echo", rounds);
  }

  private static Map<String, List<Double>> fanOut(int seconds, int rounds) throws IOException {
    Map<String, Run> runs = new LinkedHashMap<>();
    Bytes plain = publish(Dialect.DEFAULT);
    runs.put("echo", fanOut(HELLO, HELLO.length(), plain, plain.length(), seconds));
    for (String id : DIALECTS) {
      Dialect dialect = dialect(id);
      Message subscribe = Message.of(MessageType.SUBSCRIBE_URI, Sample.URI);
      Bytes subscription = Sample.signed(dialect, subscribe);
      Bytes publish = publish(dialect);
      runs.put(id, fanOut(subscription, subscription.length(), publish, publish.length(), seconds));
    }
    return measure(runs, "all", rounds);
  }

  private static Run fanOut(
      Bytes subscribe, int confirmedBytes, Bytes publish, int delivered, int seconds) {
    return port ->
        FanOutLoad.run(port, SUBSCRIBERS, subscribe, confirmedBytes, publish, delivered, seconds);
  }

  /** CPU microseconds per message, by what served them. */
  private static Map<String, List<Double>> measure(
      Map<String, Run> runs, String plainKind, int rounds) throws IOException {
    Map<String, MeasuredServer> servers = new LinkedHashMap<>();
    Map<String, List<Double>> measured = new LinkedHashMap<>();
    try {
      for (String name : runs.keySet()) {
        servers.put(name, MeasuredServer.start(name.equals("echo") ? plainKind : name));
      }
      for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
        for (Map.Entry<String, Run> run : runs.entrySet()) {
          MeasuredServer server = servers.get(run.getKey());
          if (server == null) {
            throw new IllegalStateException(run.getKey());
          }
          long before = server.cpuMicros();
          long messages = run.getValue().messages(server.port());
          double each = (double) (server.cpuMicros() - before) / messages;
          if (round >= 0) {
            measured.computeIfAbsent(run.getKey(), key -> new ArrayList<>()).add(each);
          }
        }
      }
      return measured;
    } finally {
      servers.values().forEach(MeasuredServer::close);
    }
  }

  private static void report(
      String what,
      Map<String, List<Double>> measured,
      Map<String, Double> hmacMicros,
      double hmacs) {
    double echo = median(measured.getOrDefault("echo", List.of()));
    System.out.printf("%s: plain %.3f µs%n", what, echo);
    for (String id : DIALECTS) {
      double each = median(measured.getOrDefault(id, List.of()));
      double bare = echo + hmacs * hmacMicros.getOrDefault(id, Double.NaN);
      System.out.printf(
          "  %s %.3f µs; plain and %.3f HMACs %.3f µs; %.2f times that, at most %.1f%n",
          id, each, hmacs, bare, each / bare, BOUND);
    }
  }

  private static double median(List<Double> all) {
    return all.stream().mapToDouble(Double::doubleValue).sorted().toArray()[all.size() / 2];
  }

  /** Of JMH's CSV: benchmark, mode, threads, samples, score, error, unit, dialect. */
  private static Map<String, Double> hmacMicros(Path csv) throws IOException {
    Map<String, Double> micros = new LinkedHashMap<>();
    for (String line : Files.readAllLines(csv)) {
      String[] columns = line.replace("\"", "").split(",", -1);
      if (columns[0].endsWith(".hmac")) {
        micros.put(columns[columns.length - 1], Double.parseDouble(columns[4]) / 1000);
      }
    }
    return micros;
  }

  private static Bytes request(Dialect dialect) {
    return Sample.signed(dialect, Sample.message(dialect, MessageType.REQUEST_URI));
  }

  private static Bytes publish(Dialect dialect) {
    return Sample.signed(dialect, Sample.message(dialect, MessageType.PUBLISH_URI));
  }

  private static Dialect dialect(String id) {
    Dialect found = Dialect.find(id);
    if (found == null) {
      throw new IllegalArgumentException(id);
    }
    return found;
  }

  /** Says how many messages there were. */
  @FunctionalInterface
  private interface Run {
    long messages(int port) throws IOException;
  }
}
