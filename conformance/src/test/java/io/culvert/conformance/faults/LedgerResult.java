package io.culvert.conformance.faults;

import io.culvert.conformance.faults.ledger.Fault;
import io.culvert.conformance.faults.ledger.Findings;
import io.culvert.conformance.faults.ledger.Ledger;
import java.util.List;

/** The figures of a run over a ledger, and what was wrong. */
record LedgerResult(
    String name,
    Settings settings,
    long sent,
    long acknowledged,
    long received,
    long repeated,
    long refused,
    long dealtTwice,
    int starts,
    long readyMillisP50,
    long readyMillisMax,
    Findings findings) {

  static LedgerResult of(
      String name,
      Settings settings,
      List<Long> readyMillis,
      Ledger ledger,
      long dealtTwice,
      Findings findings) {
    List<Long> sorted = readyMillis.stream().sorted().toList();
    return new LedgerResult(
        name,
        settings,
        ledger.sentCount(),
        ledger.acknowledgedCount(),
        ledger.receivedCount(),
        ledger.repeatedCount(),
        ledger.refusedCount(),
        dealtTwice,
        sorted.size(),
        sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2),
        sorted.isEmpty() ? 0 : sorted.get(sorted.size() - 1),
        findings);
  }

  boolean isGood() {
    return findings.isEmpty();
  }

  /** In Markdown, for any number of runs. */
  static String table(List<LedgerResult> results) {
    StringBuilder table =
        new StringBuilder(
            """
            | fault | starts | seed | sent | refused | acknowledged | received | repeated \
            | lost | doubled QoS 2 | dealt twice in a group | out of order | other faults \
            | start p50 | start max |
            |---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
            """);
    results.forEach(result -> table.append(result.row()));
    return table.toString();
  }

  private String row() {
    return """
        | %s | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d ms | %d ms |
        """
        .formatted(
            name,
            starts,
            settings.seed(),
            sent,
            refused,
            acknowledged,
            received,
            repeated,
            findings.count(Fault.LOST),
            findings.count(Fault.DOUBLED),
            dealtTwice,
            findings.count(Fault.OUT_OF_ORDER),
            others(),
            readyMillisP50,
            readyMillisMax);
  }

  private long others() {
    long others = 0;
    for (Fault fault : Fault.values()) {
      boolean named = fault == Fault.LOST || fault == Fault.DOUBLED || fault == Fault.OUT_OF_ORDER;
      others += named ? 0 : findings.count(fault);
    }
    return others;
  }
}
