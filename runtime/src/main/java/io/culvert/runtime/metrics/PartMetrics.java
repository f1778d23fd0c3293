package io.culvert.runtime.metrics;

import io.vertx.core.Vertx;
import io.vertx.core.shareddata.Shareable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The numbers of all parts that run on one Vert.x, such as verticles: each shows its own, and
 * whoever serves metrics reads them all. Those of several instances of a part are added up. Any
 * thread may call.
 */
public final class PartMetrics implements Shareable {
  private static final String MAP = "culvert.metrics";
  private static final String ALL = "all";

  /** A metric, and the number that it has now. */
  public record Reading(PartMetric<?> metric, long value) {}

  /** One part; each is another one. */
  private static final class Shown<P> {
    private final List<PartMetric<P>> metrics;
    private final P part;

    Shown(List<PartMetric<P>> metrics, P part) {
      this.metrics = List.copyOf(metrics);
      this.part = part;
    }

    List<Reading> read() {
      List<Reading> readings = new ArrayList<>(metrics.size());
      metrics.forEach(each -> readings.add(new Reading(each, each.read().applyAsLong(part))));
      return readings;
    }
  }

  private final List<Shown<?>> shown = new CopyOnWriteArrayList<>();

  private PartMetrics() {}

  /**
   * Shows the numbers of a part.
   *
   * @return shows them no longer, for a part that ends
   */
  public static <P> Runnable show(Vertx vertx, List<PartMetric<P>> metrics, P part) {
    PartMetrics all = of(vertx);
    Shown<P> added = new Shown<>(metrics, part);
    all.shown.add(added);
    return () -> all.shown.remove(added);
  }

  /** What all parts say now, in the order in which they began. */
  public static List<Reading> read(Vertx vertx) {
    Map<String, Reading> sums = new LinkedHashMap<>();
    for (Shown<?> each : of(vertx).shown) {
      for (Reading reading : each.read()) {
        sums.merge(
            reading.metric().name(),
            reading,
            (one, other) -> new Reading(one.metric(), one.value() + other.value()));
      }
    }
    return List.copyOf(sums.values());
  }

  private static PartMetrics of(Vertx vertx) {
    return vertx
        .sharedData()
        .<String, PartMetrics>getLocalMap(MAP)
        .computeIfAbsent(ALL, key -> new PartMetrics());
  }
}
