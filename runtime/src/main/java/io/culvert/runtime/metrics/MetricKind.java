package io.culvert.runtime.metrics;

/** Whether a metric only grows. */
public enum MetricKind {
  COUNTER,
  GAUGE;

  /**
   * As Prometheus calls a metric of this kind.
   *
   * @param name parts with dots between
   */
  public String prometheusName(String name) {
    return name.replace('.', '_') + (this == COUNTER ? "_total" : "");
  }
}
