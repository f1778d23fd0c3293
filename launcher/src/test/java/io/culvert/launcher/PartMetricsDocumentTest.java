package io.culvert.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.broker.bus.BusMetrics;
import io.culvert.rpc.RpcMetrics;
import io.culvert.runtime.metrics.PartMetric;
import io.culvert.tcp.TcpMetrics;
import java.nio.file.Files;
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
    String document = Files.readString(DOCUMENT);
    int begin = document.indexOf(BEGIN) + BEGIN.length();
    int end = document.indexOf(END);
    String generated = document.substring(0, begin) + table() + document.substring(end);
    if ("write".equals(System.getProperty("culvert.docs"))) {
      Files.writeString(DOCUMENT, generated);
    }
    assertThat(DOCUMENT).usingCharset("UTF-8").hasContent(generated);
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
            BusMetrics.table(), RpcMetrics.table(), TcpMetrics.table())
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
