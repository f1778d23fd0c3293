package io.culvert.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PartMetricsTest {
  private static final List<PartMetric<AtomicLong>> METRICS =
      List.of(
          PartMetric.counter("toy.calls", "Calls.", AtomicLong::get),
          PartMetric.gauge("toy.twice", "Twice as many.", part -> 2 * part.get()));

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get();
  }

  @Test
  void instancesOfAPartAreAddedUpUntilTheyEnd() {
    assertThat(PartMetrics.read(vertx)).isEmpty();
    AtomicLong first = new AtomicLong(1);
    Runnable firstEnds = PartMetrics.show(vertx, METRICS, first);
    Runnable secondEnds = PartMetrics.show(vertx, METRICS, new AtomicLong(10));
    assertThat(values()).containsExactly(11L, 22L);
    first.set(2);
    assertThat(values()).containsExactly(12L, 24L);
    secondEnds.run();
    assertThat(values()).containsExactly(2L, 4L);
    firstEnds.run();
    assertThat(values()).isEmpty();
  }

  @Test
  void eachVertxHasItsOwn() throws Exception {
    Vertx other = Vertx.vertx();
    Runnable unused = PartMetrics.show(other, METRICS, new AtomicLong(1));
    assertThat(values()).isEmpty();
    other.close().toCompletionStage().toCompletableFuture().get();
  }

  @Test
  void prometheusHasNamesOfItsOwn() {
    assertThat(METRICS)
        .extracting(PartMetric::prometheusName)
        .containsExactly("toy_calls_total", "toy_twice");
  }

  private List<Long> values() {
    return PartMetrics.read(vertx).stream().map(PartMetrics.Reading::value).toList();
  }
}
