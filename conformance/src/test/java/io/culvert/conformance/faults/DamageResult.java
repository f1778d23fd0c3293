package io.culvert.conformance.faults;

import io.culvert.conformance.faults.broker.Damage;
import io.culvert.conformance.faults.ledger.Findings;
import java.util.List;

/**
 * What one kind of damage has done.
 *
 * @param complete rounds in which nothing was lost
 * @param named rounds in which the broker's log names what it set aside or left out
 * @param checked rounds in which {@code culvert store check} found something
 * @param lost messages, over all rounds
 * @param silent rounds in which something was lost, and neither the log nor the check says so
 * @param findings garbage, and starts that failed
 */
record DamageResult(
    Damage damage,
    String after,
    int rounds,
    long messagesEach,
    int complete,
    int named,
    int checked,
    long lost,
    int silent,
    Findings findings) {

  /** In Markdown, for any number of kinds. */
  static String table(List<DamageResult> results) {
    StringBuilder table =
        new StringBuilder(
            """
            | damage | after | rounds | nothing lost | named in the log | found by the check \
            | lost of | lost silently in rounds | garbage or no start |
            |---|---|---|---|---|---|---|---|---|
            """);
    for (DamageResult result : results) {
      table.append(
          "| %s | %s | %d | %d | %d | %d | %d of %d | %d | %d |%n"
              .formatted(
                  result.damage,
                  result.after,
                  result.rounds,
                  result.complete,
                  result.named,
                  result.checked,
                  result.lost,
                  result.rounds * result.messagesEach,
                  result.silent,
                  result.findings.total()));
    }
    return table.toString();
  }

  boolean isGood() {
    return findings.isEmpty();
  }
}
