package io.culvert.benchmarks.client;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * How fast clients publish at QoS 1 to one broker, and what a message costs them: messages per
 * second, and microseconds of CPU of this process per message, garbage collection and compiler
 * included. Each message waits for its acknowledgement; {@code window} of them are under way. The
 * clients take turns, round after round; what is printed at the end is the median.
 *
 * <p>{@code benchmarks/clients PORT WINDOW SECONDS ROUNDS}, beside a broker at that port.
 */
final class ClientSpeed {
  private ClientSpeed() {}

  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[0]);
    int window = Integer.parseInt(args[1]);
    int seconds = Integer.parseInt(args[2]);
    int rounds = Integer.parseInt(args[3]);
    Map<Contestant, List<Result>> results = new EnumMap<>(Contestant.class);
    for (int round = -1; round < rounds; round++) { // the first one warms up
      for (Contestant contestant : Contestant.values()) {
        Result result = run(contestant, port, window, seconds);
        System.out.printf("round %d %s %s%n", round, contestant, result);
        if (round >= 0) {
          results.computeIfAbsent(contestant, key -> new ArrayList<>()).add(result);
        }
      }
    }
    System.out.printf("window %d, median of %d rounds of %d s%n", window, rounds, seconds);
    results.forEach((contestant, all) -> System.out.printf("%-10s %s%n", contestant, median(all)));
    System.exit(0); // whatever threads the clients have left
  }

  private static Result run(Contestant contestant, int port, int window, int seconds)
      throws Exception {
    Publishing client = contestant.connect(port);
    Load load = new Load(client, window);
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long cpuNanos = system.getProcessCpuTime();
    long startNanos = System.nanoTime();
    long acknowledged = load.run(seconds);
    double tookSeconds = (System.nanoTime() - startNanos) / 1e9;
    double cpuMicros = (system.getProcessCpuTime() - cpuNanos) / 1e3;
    client.close();
    return new Result(acknowledged / tookSeconds, cpuMicros / acknowledged);
  }

  private static Result median(List<Result> all) {
    return new Result(
        all.stream().mapToDouble(Result::perSecond).sorted().toArray()[all.size() / 2],
        all.stream().mapToDouble(Result::cpuMicros).sorted().toArray()[all.size() / 2]);
  }

  private record Result(double perSecond, double cpuMicros) {
    @Override
    public String toString() {
      return String.format("%8.0f messages/s %6.1f µs CPU per message", perSecond, cpuMicros);
    }
  }
}
