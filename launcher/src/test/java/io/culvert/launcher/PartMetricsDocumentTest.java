package io.culvert.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.broker.bus.BusMetrics;
import io.culvert.engine.testkit.GeneratedPart;
import io.culvert.rpc.RpcMetrics;
import io.culvert.runtime.metrics.PartMetric;
import io.culvert.tcp.TcpMetrics;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The table of the parts in {@code docs/metrics.md} is generated, so that it is never out of date.
 * Write it again with {@code mvn -pl launcher -am test -Dtest=PartMetricsDocumentTest
 * -Dculvert.docs=write}.
 */
class PartMetricsDocumentTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "metrics.md");
  private static final String BEGIN = "<!-- table of PartMetricsDocumentTest -->\n";
  private static final String END = "<!-- end of the table of parts -->\n";

  @Test
  void tableIsThatOfTheParts() throws Exception {
    GeneratedPart.check(DOCUMENT, BEGIN, END, table());
  }

  @Test
  void namesAreThoseThatPrometheusAllows() {
    assertThat(metrics())
        .extracting(PartMetric::prometheusName)
        .doesNotHaveDuplicates()
        .allMatch(name -> name.matches("culvert(_[a-z]+)+"));
  }

  private static List<PartMetric<?>> metrics() {
    return Stream.<List<? extends PartMetric<?>>>of(
            BusMetrics.TABLE, RpcMetrics.TABLE, TcpMetrics.TABLE)
        .<PartMetric<?>>flatMap(List::stream)
        .toList();
  }

  private static String table() {
    return metrics().stream()
        .map(
            metric ->
                "| `%s` | %s | %s |\n"
                    .formatted(
                        metric.prometheusName(),
                        metric.kind().name().toLowerCase(Locale.ROOT),
                        metric.meaning()))
        .collect(Collectors.joining("", "| Metric | Kind | Meaning |\n|---|---|---|\n", ""));
  }
}
