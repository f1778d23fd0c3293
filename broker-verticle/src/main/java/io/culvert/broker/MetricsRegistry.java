package io.culvert.broker;

import io.culvert.runtime.metrics.PartMetric;
import io.culvert.runtime.metrics.PartMetrics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The metrics of {@link BrokerMetrics} and those of the Java machine, as Prometheus reads them. The
 * broker itself counts in plain numbers, of which this gets a copy when somebody asks. Blocks;
 * called by one thread at a time.
 */
final class MetricsRegistry implements AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private final Map<Key, Cell> cells = new HashMap<>();

  MetricsRegistry() {
    List<MeterBinder> machine =
        List.of(
            new JvmMemoryMetrics(),
            collections,
            new JvmThreadMetrics(),
            new ClassLoaderMetrics(),
            new ProcessorMetrics(),
            new FileDescriptorMetrics(),
            new UptimeMetrics());
    machine.forEach(each -> each.bindTo(registry));
  }

  /**
   * All of it, in Prometheus' text format.
   *
   * @param parts what other parts of the process say
   */
  String scrape(Readings readings, List<PartMetrics.Reading> parts) {
    for (PartMetrics.Reading part : parts) {
      cells.computeIfAbsent(
                  new Key(part.metric().name(), List.of()), key -> register(part.metric()))
              .value =
          part.value();
    }
    for (Metric metric : BrokerMetrics.TABLE) {
      for (Metric.Series series : metric.read().apply(readings)) {
        cells.computeIfAbsent(
                    new Key(metric.name(), series.label()), key -> register(metric, key.label))
                .value =
            series.value();
      }
    }
    return registry.scrape();
  }

  @Override
  public void close() {
    collections.close();
    registry.close();
  }

  private Cell register(Metric metric, List<String> values) {
    Cell cell = new Cell();
    Tags tags = Tags.empty();
    for (int i = 0; i < values.size(); i++) {
      tags = tags.and(metric.label().get(i), values.get(i));
    }
    switch (metric.kind()) {
      case COUNTER ->
          FunctionCounter.builder(metric.name(), cell, read -> read.value)
              .tags(tags)
              .description(metric.meaning())
              .register(registry);
      case GAUGE ->
          Gauge.builder(metric.name(), cell, read -> read.value)
              .tags(tags)
              .description(metric.meaning())
              .register(registry);
    }
    return cell;
  }

  private Cell register(PartMetric<?> metric) {
    return register(
        new Metric(
            metric.name(), metric.kind(), List.of(), metric.meaning(), readings -> List.of()),
        List.of());
  }

  private record Key(String name, List<String> label) {}

  /** What a series is at present. */
  private static final class Cell {
    private volatile double value;
  }
}
