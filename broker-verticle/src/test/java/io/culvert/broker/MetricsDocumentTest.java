package io.culvert.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.broker.config.BrokerSettings;
import io.culvert.engine.testkit.GeneratedPart;
import io.culvert.runtime.config.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The table of {@code docs/metrics.md} is generated, so that it is never out of date. Write it
 * again with {@code mvn -pl broker-verticle -am test -Dtest=MetricsDocumentTest
 * -Dculvert.docs=write}.
 */
class MetricsDocumentTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "metrics.md");
  private static final String BEGIN = "<!-- table of MetricsDocumentTest -->\n";
  private static final String END = "<!-- end of the table -->\n";

  @Test
  void tableIsThatOfTheMetrics() throws Exception {
    GeneratedPart.check(DOCUMENT, BEGIN, END, table());
  }

  @Test
  void everyLimitHasItsPlace() throws Exception {
    String document = Files.readString(DOCUMENT);
    assertThat(BrokerSettings.TABLE.settings())
        .filteredOn(setting -> setting.root().equals("limits"))
        .extracting(Setting::key)
        .allSatisfy(key -> assertThat(document).contains("| `" + key + "`"));
  }

  @Test
  void namesAreThoseThatPrometheusAllows() {
    assertThat(BrokerMetrics.TABLE)
        .extracting(Metric::prometheusName)
        .doesNotHaveDuplicates()
        .allMatch(name -> name.matches("culvert(_[a-z]+)+"));
  }

  private static String table() {
    return BrokerMetrics.TABLE.stream()
        .map(
            metric ->
                "| `%s` | %s | %s | %s |%n"
                    .formatted(
                        metric.prometheusName(),
                        metric.kind().name().toLowerCase(Locale.ROOT),
                        metric.label().stream()
                            .map(label -> "`" + label + "`")
                            .collect(Collectors.joining(", ")),
                        metric.meaning())
                    .replace(System.lineSeparator(), "\n"))
        .collect(
            Collectors.joining(
                "", "| Metric | Kind | Labels | Meaning |\n|---|---|---|---|\n", ""));
  }
}
