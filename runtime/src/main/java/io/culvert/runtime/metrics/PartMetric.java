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
public record PartMetric<P>(String name, Kind kind, String meaning, ToLongFunction<P> read) {
  /** Whether it only grows. */
  public enum Kind {
    COUNTER,
    GAUGE
  }

  public static <P> PartMetric<P> counter(String name, String meaning, ToLongFunction<P> read) {
    return new PartMetric<>(name, Kind.COUNTER, meaning, read);
  }

  public static <P> PartMetric<P> gauge(String name, String meaning, ToLongFunction<P> read) {
    return new PartMetric<>(name, Kind.GAUGE, meaning, read);
  }

  /** As Prometheus calls it. */
  public String prometheusName() {
    return name.replace('.', '_') + (kind == Kind.COUNTER ? "_total" : "");
  }
}
