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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Attacks on the memory of one broker, one after the other, and two healthy clients of QoS 1 that
 * go on all the time: they are never refused, and stay as fast as they are in the quiet times
 * before the attacks. Used by one thread.
 */
final class HeapSiege implements AutoCloseable {
  /** In this time of an attack most code that it needs is run the first time, and compiled. */
  private static final Duration BEGINNING = Duration.ofSeconds(2);

  private static final Duration QUIET = Duration.ofSeconds(4);
  private static final int WARM_UP_ROUNDS = 500;

  /** Of the healthy clients after an attack, while what it has left is cleared away. */
  private static final int REST_ROUNDS = 100;

  /**
   * With {@code -Dculvert.siege.strict=true}, on a machine that does nothing else, no more than
   * twice of what the healthy clients need in quiet times is allowed.
   */
  private static final boolean STRICT = Boolean.getBoolean("culvert.siege.strict");

  /** Allowed in any case unless strict, where quiet times show that the machine is free. */
  private static final Duration FREE = Duration.ofMillis(30);

  /** In these quiet times it is. */
  private static final Duration QUIET_OF_FREE = Duration.ofMillis(3);

  /**
   * Allowed where the healthy clients share the processors with other tests and builds, and of the
   * beginning everywhere. At a load of 10 to 20, 99 of 100 rounds took 5 to 264 ms under attack and
   * 6 to 37 ms without.
   */
  private static final Duration SHARED = Duration.ofMillis(250);

  /** Something else may have had the processors: who is slow because of the attack always is. */
  private static final int TRIES = 3;

  private final Path report;
  private final Duration attackTime;
  private final List<Long> quiet = new ArrayList<>();
  private final Map<String, List<Rounds>> attacks = new LinkedHashMap<>();
  private @Nullable Bystander healthy;
  private @Nullable AttackingProcess attacker;
  private boolean clientsRunFirst;

  /**
   * @param report where the times are written
   * @param attackTime how long each attack goes on, or is left as it is when it has done all that
   *     it wanted; longer than two seconds
   */
  HeapSiege(Path report, Duration attackTime) {
    this.report = report;
    this.attackTime = attackTime;
  }

  void undergo(String name, CulvertProcess broker) throws IOException {
    Bystander clients = join(broker);
    healthy = null; // unless they are well afterwards: each attack is judged for itself
    List<Rounds> tries = attacks.computeIfAbsent(name, unknown -> new ArrayList<>());
    do {
      tries.add(attack(name, broker, clients));
    } while (tries.size() < TRIES && !isAllowed(last(tries)));
    healthy = clients;
    assertThat(last(tries)).matches(this::isAllowed, "no longer than " + allowed());
  }

  /** Writes down how long the healthy clients have waited. */
  @Override
  public void close() throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("The healthy clients run before all others: %s.".formatted(clientsRunFirst));
    lines.add("| none | %s | | |".formatted(millis(p99(quiet))));
    attacks.forEach(
        (name, tries) -> tries.forEach(each -> lines.add("| %s | %s |".formatted(name, each))));
    Files.write(report, lines);
    if (healthy != null) {
      healthy.close();
    }
    if (attacker != null) {
      attacker.close();
    }
  }

  private boolean isAllowed(Rounds found) {
    return found.p99().compareTo(allowed()) < 0
        && p99(found.atFirst()).compareTo(longer(allowed(), SHARED)) < 0;
  }

  private Duration allowed() {
    Duration inPeace = p99(quiet);
    Duration twice = inPeace.multipliedBy(2);
    if (STRICT) {
      return twice;
    }
    return longer(twice, inPeace.compareTo(QUIET_OF_FREE) < 0 ? FREE : SHARED);
  }

  /** The two healthy clients, warmed up. */
  private Bystander join(CulvertProcess broker) throws IOException {
    Bystander known = healthy;
    if (known != null) {
      return known;
    }
    Bystander clients = Bystander.join(broker.mqtt(), "healthy", "healthy");
    clients.awaitRounds(WARM_UP_ROUNDS);
    clientsRunFirst = Precedence.first(Bystander.THREAD);
    return clients;
  }

  private Rounds attack(String name, CulvertProcess broker, Bystander clients) throws IOException {
    AttackingProcess process = attacker == null ? AttackingProcess.against(broker) : attacker;
    attacker = process;
    clients.awaitRounds(REST_ROUNDS);
    quiet.addAll(rounds(clients, QUIET));

    process.begin(name);
    Rounds found;
    try {
      found = new Rounds(rounds(clients, BEGINNING), rounds(clients, attackTime.minus(BEGINNING)));
    } finally {
      process.end(); // whatever happens: the process then takes the next one
    }
    clients.assertUndisturbed();
    assertThat(broker.lines("OutOfMemoryError")).isEmpty();
    return found;
  }

  private static List<Long> rounds(Bystander clients, Duration time) {
    clients.takeDurations();
    clients.awaitRounds(time);
    return clients.takeDurations();
  }

  private static Rounds last(List<Rounds> tries) {
    return tries.get(tries.size() - 1);
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }

  private static Duration p99(List<Long> nanos) {
    assertThat(nanos).isNotEmpty();
    return Duration.ofNanos(nanos.stream().sorted().toList().get((int) (nanos.size() * 0.99)));
  }

  private static String millis(Duration duration) {
    return "%.1f".formatted(duration.toNanos() / 1e6);
  }

  /** How long each of the healthy clients' rounds took, in nanoseconds. */
  private record Rounds(List<Long> atFirst, List<Long> later) {
    Duration p99() {
      return HeapSiege.p99(Stream.concat(atFirst.stream(), later.stream()).toList());
    }

    /** The 99th percentiles of all, of the beginning, and of what came after it. */
    @Override
    public String toString() {
      return Stream.of(p99(), HeapSiege.p99(atFirst), HeapSiege.p99(later))
          .map(HeapSiege::millis)
          .collect(Collectors.joining(" | "));
    }
  }
}
