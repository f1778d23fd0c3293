package io.culvert.conformance.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.broker.CulvertProcess;
import io.culvert.conformance.raw.Bystander;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Attacks on the memory of one broker, one after the other, and two healthy clients of QoS 1 that
 * go on all the time: they are never refused, and stay as fast as they were. Used by one thread.
 */
final class HeapSiege implements AutoCloseable {
  private static final String QUIET = "none";

  /** In this time of an attack most code that it needs is run the first time, and compiled. */
  private static final Duration BEGINNING = Duration.ofSeconds(2);

  /** How long it then goes on, or is left as it is when it has done all that it wanted. */
  private static final Duration LATER = Duration.ofSeconds(4);

  private static final int WARM_UP_ROUNDS = 500;

  /**
   * What is below is not the broker's doing alone. The healthy clients share two processors with
   * the broker, its collector and the attacks themselves: with nothing else there, 99 of 100 rounds
   * took less than 1 to 46 ms under attack and 3 ms in peace. With builds and tests beside them, at
   * a load of 10 to 20, it was 5 to 264 ms and 6 to 37 ms.
   */
  private static final Duration FLOOR = Duration.ofMillis(250);

  /** Something else may have had the processors: who is slow because of the attack always is. */
  private static final int TRIES = 3;

  private final Path report;
  private final Map<String, Waits> waits = new LinkedHashMap<>();
  private @Nullable Bystander healthy;
  private @Nullable AttackingProcess attacker;

  /**
   * @param report where the times are written
   */
  HeapSiege(Path report) {
    this.report = report;
  }

  void undergo(String name, CulvertProcess broker) throws IOException {
    Bystander clients = join(broker);
    healthy = null; // unless they are well afterwards: each attack is judged for itself
    Duration twice = waits.get(QUIET).longer().multipliedBy(2);
    Duration allowed = twice.compareTo(FLOOR) < 0 ? FLOOR : twice;
    Waits found = attack(name, broker, clients);
    for (int more = 1; more < TRIES && found.longer().compareTo(allowed) >= 0; more++) {
      found = attack(name, broker, clients);
    }
    healthy = clients;
    waits.put(name, found);
    assertThat(found.longer()).isLessThan(allowed);
  }

  /** Writes down how long the healthy clients have waited. */
  @Override
  public void close() throws IOException {
    List<String> lines = new ArrayList<>();
    waits.forEach((name, took) -> lines.add("| %s %s".formatted(name, took)));
    Files.write(report, lines);
    if (healthy != null) {
      healthy.close();
    }
    if (attacker != null) {
      attacker.close();
    }
  }

  /** The two healthy clients, warmed up and measured the first time. */
  private Bystander join(CulvertProcess broker) throws IOException {
    Bystander known = healthy;
    if (known != null) {
      return known;
    }
    Bystander clients = Bystander.join(broker.mqtt(), "healthy", "healthy");
    clients.awaitRounds(WARM_UP_ROUNDS);
    clients.takeDurations();
    waits.putIfAbsent(QUIET, Waits.measure(clients));
    return clients;
  }

  private Waits attack(String name, CulvertProcess broker, Bystander clients) throws IOException {
    AttackingProcess process = attacker == null ? AttackingProcess.against(broker) : attacker;
    attacker = process;
    clients.takeDurations();
    process.begin(name);
    Waits found;
    try {
      found = Waits.measure(clients);
    } finally {
      process.end(); // whatever happens: the process then takes the next one
    }
    clients.assertUndisturbed();
    assertThat(broker.lines("OutOfMemoryError")).isEmpty();
    return found;
  }

  /** Of 99 of 100 rounds of the healthy clients. */
  private record Waits(Duration atFirst, Duration later) {
    static Waits measure(Bystander clients) {
      clients.awaitRounds(BEGINNING);
      Duration atFirst = p99(clients.takeDurations());
      clients.awaitRounds(LATER);
      return new Waits(atFirst, p99(clients.takeDurations()));
    }

    Duration longer() {
      return atFirst.compareTo(later) > 0 ? atFirst : later;
    }

    @Override
    public String toString() {
      return "| %.1f | %.1f |".formatted(millis(atFirst), millis(later));
    }

    private static double millis(Duration duration) {
      return duration.toNanos() / 1e6;
    }

    private static Duration p99(List<Long> rising) {
      assertThat(rising).isNotEmpty();
      return Duration.ofNanos(rising.get((int) (rising.size() * 0.99)));
    }
  }
}
