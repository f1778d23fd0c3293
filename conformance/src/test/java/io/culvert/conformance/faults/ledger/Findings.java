package io.culvert.conformance.faults.ledger;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** All faults of a run, counted; of each kind the first ones are kept in words. Of one thread. */
public final class Findings {

  /** Enough to see a pattern in. */
  private static final int KEPT_OF_EACH = 20;

  private final Map<Fault, Long> counts = new EnumMap<>(Fault.class);
  private final List<Finding> kept = new ArrayList<>();

  public void add(Fault fault, String where, String what) {
    if (counts.merge(fault, 1L, Long::sum) <= KEPT_OF_EACH) {
      kept.add(new Finding(fault, where, what));
    }
  }

  public void addAll(Findings others) {
    others.counts.forEach((fault, count) -> counts.merge(fault, count, Long::sum));
    kept.addAll(others.kept);
  }

  public long count(Fault fault) {
    return counts.getOrDefault(fault, 0L);
  }

  /** Of all kinds. */
  public long total() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  public boolean isEmpty() {
    return counts.isEmpty();
  }

  public List<Finding> kept() {
    return List.copyOf(kept);
  }

  /** Counts and meanings of the kinds that were found, then the first of each. */
  public String text() {
    StringBuilder text = new StringBuilder();
    counts.forEach(
        (fault, count) ->
            text.append(count)
                .append(" x ")
                .append(fault)
                .append(": ")
                .append(fault.meaning())
                .append('\n'));
    kept.forEach(finding -> text.append("  ").append(finding).append('\n'));
    return text.toString();
  }
}
