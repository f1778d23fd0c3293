package io.culvert.conformance.table;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import io.culvert.mqtt.Scenarios;
import io.culvert.mqtt.wire.Statement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Compares docs/conformance.md, its picture, and docs/scenarios.md with what the tests say and with
 * the reports of this build; so it runs after all other tests, also the integration tests of this
 * module. {@code mvn verify -Dculvert.docs=write} writes the pages again; what a build would have
 * written lies in target/docs of this module.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConformanceTableCheck {
  private static final Path PROJECT = Path.of("..");
  private static final int MOST_DIFFERENCES = 20;
  private static final String REGENERATE =
      "cp conformance/target/docs/* docs/ (or: mvn verify -Dculvert.docs=write)";

  private Reports reports;
  private NamedTests tests;
  private List<Row> statements;
  private List<Row> scenarios;

  @BeforeAll
  void collect() throws IOException {
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    List<Path> modules = modules();
    reports = Reports.of(modules);
    tests = NamedTests.in(modules);
    statements =
        Arrays.stream(Statement.values()).map(each -> Row.of(each, tests, reports)).toList();
    scenarios = Scenarios.all().stream().map(each -> Row.of(each, tests, reports)).toList();
  }

  @Test
  void pageOfStatementsIsWhatTheCodeSays() throws IOException {
    compare("conformance.md", ConformancePage.of(statements, reports));
    compare("conformance.svg", Chart.of(statements));
  }

  @Test
  void pageOfScenariosIsWhatTheCodeSays() throws IOException {
    compare("scenarios.md", ScenariosPage.of(scenarios, reports));
  }

  @Test
  void eachScenarioAndStatementHasATest() {
    assertThat(Stream.concat(statements.stream(), scenarios.stream()))
        .filteredOn(row -> row.verdict() == Verdict.OPEN)
        .extracting(row -> row.id() + (row.remark() == null ? "" : " " + row.remark()))
        .isEmpty();
  }

  @Test
  void testsThatAreNamedHaveRunAndPassed() {
    if (onlySomeTestsRan()) {
      return;
    }
    assertThat(Stream.concat(statements.stream(), scenarios.stream()))
        .filteredOn(row -> row.verdict() == Verdict.FAILED || row.verdict() == Verdict.NOT_RUN)
        .extracting(row -> row.id() + ": " + row.verdict() + " " + culprits(row))
        .isEmpty();
  }

  @Test
  void annotationsStandOnTests() {
    assertThat(tests.misplaced()).isEmpty();
  }

  @Test
  void whatIsSaidToBeNotApplicableIsNotProvenEither() {
    assertThat(Statement.values())
        .filteredOn(
            statement ->
                tests.of(statement).stream()
                    .map(NamedTest::sides)
                    .anyMatch(sides -> NotApplicable.sides(statement).containsAll(sides)))
        .isEmpty();
  }

  private List<String> culprits(Row row) {
    return row.tests().stream()
        .filter(test -> !test.outcome(reports).verdict().isGood())
        .map(NamedTest::label)
        .toList();
  }

  private static void compare(String name, String generated) throws IOException {
    Path page = PROJECT.resolve("docs").resolve(name);
    Path proposal = Files.createDirectories(Path.of("target", "docs")).resolve(name);
    Files.writeString(proposal, generated);
    if ("write".equals(System.getProperty("culvert.docs"))) {
      Files.writeString(page, generated);
    }
    if (onlySomeTestsRan()) {
      return;
    }
    List<String> committed = linesWithoutNumbersOfCases(Files.exists(page) ? page : null);
    List<String> wanted = linesWithoutNumbersOfCases(proposal);
    List<String> differences =
        Stream.concat(
                wanted.stream().filter(line -> !committed.contains(line)).map(line -> "+ " + line),
                committed.stream().filter(line -> !wanted.contains(line)).map(line -> "- " + line))
            .limit(MOST_DIFFERENCES)
            .toList();
    assertThat(differences)
        .as(
            "docs/%s is not what the tests say. Look at what changes, and write it again: %s",
            name, REGENERATE)
        .isEmpty();
    assertThat(committed).as("the order of lines in docs/%s", name).isEqualTo(wanted);
  }

  /** A case more or less is no reason to stop anybody, nor is a program that is missing here. */
  private static List<String> linesWithoutNumbersOfCases(@Nullable Path page) throws IOException {
    return page == null
        ? List.of()
        : Files.readAllLines(page).stream().map(line -> line.replaceAll(" ×\\d+", "")).toList();
  }

  /** Whoever picks tests out, with -Dtest or -Dit.test, has no results of the others. */
  private static boolean onlySomeTestsRan() {
    return System.getProperty("test") != null || System.getProperty("it.test") != null;
  }

  private static List<Path> modules() throws IOException {
    try (Stream<Path> folders = Files.list(PROJECT)) {
      return folders.filter(folder -> Files.exists(folder.resolve("pom.xml"))).sorted().toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
