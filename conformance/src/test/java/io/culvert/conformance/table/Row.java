package io.culvert.conformance.table;

import io.culvert.mqtt.Scenarios;
import io.culvert.mqtt.wire.Statement;
import io.culvert.mqtt.wire.Statement.Side;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
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
    Set<Side> obliged = sides(statement.appliesTo());
    obliged.removeAll(NotApplicable.sides(statement));
    String reason = NotApplicable.reason(statement);
    if (obliged.isEmpty()) {
      return new Row(
          statement.id(),
          statement.text(),
          side(statement.appliesTo()),
          named,
          Verdict.NOT_APPLICABLE,
          reason);
    }
    Verdict verdict = verdict(named, reports);
    Set<Side> unproven = EnumSet.copyOf(obliged);
    named.forEach(test -> unproven.removeAll(test.sides()));
    if (verdict.isGood() && !unproven.isEmpty()) {
      verdict = Verdict.OPEN;
      reason = "for the " + side(unproven.iterator().next());
    } else if (reason != null) {
      reason = side(NotApplicable.sides(statement).iterator().next()) + ": " + reason;
    }
    return new Row(
        statement.id(), statement.text(), side(statement.appliesTo()), named, verdict, reason);
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

  private static Set<Side> sides(Side appliesTo) {
    return appliesTo == Side.BOTH ? EnumSet.of(Side.CLIENT, Side.SERVER) : EnumSet.of(appliesTo);
  }

  private static String side(Side side) {
    return switch (side) {
      case CLIENT -> "client";
      case SERVER -> "server";
      case BOTH -> "both";
    };
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
