package io.culvert.conformance.faults;

import java.nio.file.Path;
import java.util.List;

/**
 * What a run shall do.
 *
 * @param rounds kills, or damages of each kind
 * @param seed of all chances that are the test's own
 * @param shards of each start; 0 for mostly one and sometimes two
 * @param work a folder for logs and data
 * @param options more of {@code culvert run}
 */
public record Settings(int rounds, long seed, int shards, Path work, List<String> options) {

  public Settings {
    options = List.copyOf(options);
  }
}
