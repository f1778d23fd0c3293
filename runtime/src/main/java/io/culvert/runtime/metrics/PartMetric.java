package io.culvert.runtime.metrics;

import java.util.function.ToLongFunction;

/**
 * Something that a part of the process counts or holds.
 *
 * @param name parts with dots between; the last one is the unit, where there is one
 * @param meaning for the documentation, and for whoever scrapes
 * @param read its present number; called by any thread
 * @param <P> the part
 */
public record PartMetric<P>(String name, MetricKind kind, String meaning, ToLongFunction<P> read) {
  public static <P> PartMetric<P> counter(String name, String meaning, ToLongFunction<P> read) {
    return new PartMetric<>(name, MetricKind.COUNTER, meaning, read);
  }

  public static <P> PartMetric<P> gauge(String name, String meaning, ToLongFunction<P> read) {
    return new PartMetric<>(name, MetricKind.GAUGE, meaning, read);
  }

  /** As Prometheus calls it. */
  public String prometheusName() {
    return kind.prometheusName(name);
  }
}
