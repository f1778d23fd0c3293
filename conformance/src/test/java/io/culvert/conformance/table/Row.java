package io.culvert.conformance.table;

import io.culvert.mqtt.Scenarios;
import io.culvert.mqtt.wire.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of a table: what is demanded, of whom, and what proves it.
 *
 * @param appliesTo who has to obey, in small letters; empty for a scenario
 * @param remark why no test can prove it, or what the tests leave for later
 */
record Row(
    String id,
    String text,
    String appliesTo,
    List<NamedTest> tests,
    Verdict verdict,
    @Nullable String remark) {

  static Row of(Statement statement, NamedTests tests, Reports reports) {
    List<NamedTest> named = List.copyOf(tests.of(statement));
    String reason = NotApplicable.reason(statement);
    return new Row(
        statement.id(),
        statement.text(),
        switch (statement.appliesTo()) {
          case CLIENT -> "client";
          case SERVER -> "server";
          case BOTH -> "both";
        },
        named,
        named.isEmpty() && reason != null ? Verdict.NOT_APPLICABLE : verdict(named, reports),
        reason);
  }

  static Row of(Scenarios.Line scenario, NamedTests tests, Reports reports) {
    List<NamedTest> named = List.copyOf(tests.ofScenario(scenario.number()));
    return new Row(
        Integer.toString(scenario.number()),
        scenario.text(),
        "",
        named,
        verdict(named, reports),
        NotApplicable.remark(scenario.number()));
  }

  /** As bad as the worst of its tests. Where all lack a program, others have to prove it. */
  private static Verdict verdict(List<NamedTest> tests, Reports reports) {
    List<Verdict> verdicts = tests.stream().map(test -> test.outcome(reports).verdict()).toList();
    if (verdicts.isEmpty()) {
      return Verdict.OPEN;
    }
    return verdicts.stream()
        .filter(verdict -> !verdict.isGood())
        .findFirst()
        .orElse(verdicts.contains(Verdict.PASSED) ? Verdict.PASSED : Verdict.EXCUSED);
  }
}
