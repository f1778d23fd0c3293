package io.culvert.conformance.faults;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** The command line of {@code conformance/faults}. */
record Arguments(
    List<String> modes,
    int rounds,
    long seed,
    int shards,
    Path work,
    List<String> options,
    boolean write,
    boolean help) {

  static final String USAGE =
      """
      conformance/faults [ledger] [power] [disk] [damage] [clock] [all] [--rounds N] [--seed S]
                         [--write] [--work FOLDER] [-- OPTIONS OF culvert run]

        ledger   kills the broker under load, again and again: is anything acknowledged lost?
        power    the same, and what was not synced is lost, too (needs root)
        disk     a disk that is full, one that dies, and syncs that fail (needs root)
        damage   flips, cuts, zeroes, deletes and swaps in the files of the store
        clock    a clock that jumps between a kill and the next start (needs libfaketime)
        all      everything (unless anything else is said)

        --rounds N     crashes, or damages of each kind (ledger 200, power 100, damage 20)
        --seed S       of all chances that are the test's own; each run prints its own
        --shards N     of each start (mostly 1 and sometimes 2, over the same folder)
        --write        puts the tables into docs/guarantees.md
        --work FOLDER  for logs and data
        -- OPTIONS     for culvert run, such as -- --set store.sync=never
      """;

  private static final Set<String> MODES =
      Set.of("ledger", "power", "disk", "damage", "clock", "all");

  static Arguments parse(String... words) {
    List<String> modes = new ArrayList<>();
    int rounds = 0;
    long seed = new Random().nextInt(1_000_000);
    int shards = 0;
    Path work = Path.of(System.getProperty("culvert.faults.work", "target/faults"));
    List<String> options = new ArrayList<>();
    boolean write = false;
    boolean help = false;
    for (int i = 0; i < words.length; i++) {
      switch (words[i]) {
        case "--rounds" -> rounds = (int) number(words, ++i);
        case "--seed" -> seed = number(words, ++i);
        case "--shards" -> shards = (int) number(words, ++i);
        case "--work" -> work = Path.of(value(words, ++i));
        case "--write" -> write = true;
        case "--help", "-h" -> help = true;
        case "--" -> {
          options.addAll(List.of(words).subList(i + 1, words.length));
          i = words.length;
        }
        default -> {
          if (!MODES.contains(words[i])) {
            throw new IllegalArgumentException("unknown: " + words[i]);
          }
          modes.add(words[i]);
        }
      }
    }
    return new Arguments(
        modes.isEmpty() ? List.of("all") : modes,
        rounds,
        seed,
        shards,
        work.toAbsolutePath(),
        options,
        write,
        help);
  }

  boolean wants(String mode) {
    return modes.contains(mode) || modes.contains("all");
  }

  /**
   * @param usualRounds unless the command line says otherwise
   */
  Settings settings(int usualRounds) {
    return new Settings(rounds > 0 ? rounds : usualRounds, seed, shards, work, options);
  }

  private static long number(String[] words, int at) {
    try {
      long number = Long.parseLong(value(words, at));
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException(words[at - 1] + " needs a number, not " + words[at]);
  }

  private static String value(String[] words, int at) {
    if (at == words.length) {
      throw new IllegalArgumentException(words[at - 1] + " needs a value");
    }
    return words[at];
  }
}
