package io.culvert.conformance.faults.ledger;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All faults of a run, counted; of each kind the first ones of each place are kept in words. Of one
 * thread.
 */
public final class Findings {

  /** Enough to see a pattern in. */
  private static final int KEPT_OF_EACH = 5;

  private final Map<Fault, Map<String, Long>> counts = new EnumMap<>(Fault.class);
  private final List<Finding> kept = new ArrayList<>();

  public void add(Fault fault, String where, String what) {
    Map<String, Long> places = counts.computeIfAbsent(fault, unused -> new TreeMap<>());
    if (places.merge(where, 1L, Long::sum) <= KEPT_OF_EACH) {
      kept.add(new Finding(fault, where, what));
    }
  }

  public void addAll(Findings others) {
    others.counts.forEach(
        (fault, places) ->
            places.forEach(
                (where, count) ->
                    counts
                        .computeIfAbsent(fault, unused -> new TreeMap<>())
                        .merge(where, count, Long::sum)));
    kept.addAll(others.kept);
  }

  public long count(Fault fault) {
    return counts.getOrDefault(fault, Map.of()).values().stream().mapToLong(Long::longValue).sum();
  }

  /** Of all kinds. */
  public long total() {
    return counts.keySet().stream().mapToLong(this::count).sum();
  }

  public boolean isEmpty() {
    return counts.isEmpty();
  }

  public List<Finding> kept() {
    return List.copyOf(kept);
  }

  /** Counts, meanings and places of the kinds that were found, then the first of each. */
  public String text() {
    StringBuilder text = new StringBuilder();
    counts.forEach(
        (fault, places) ->
            text.append(
                "%d x %s: %s; %s%n".formatted(count(fault), fault, fault.meaning(), places)));
    kept.forEach(finding -> text.append("  ").append(finding).append('\n'));
    return text.toString();
  }
}
