package io.culvert.launcher.bench;

import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What a run has shown.
 *
 * @param connectSeconds until all were connected
 * @param seconds of load
 * @param connects times from the first packet to CONNACK
 * @param times from publish to acknowledgement, or to delivery where there are pairs; empty where
 *     neither was measured
 */
public record BenchReport(
    BenchPlan plan,
    long connected,
    double connectSeconds,
    Histogram connects,
    double seconds,
    long published,
    long received,
    long failed,
    @Nullable String firstFailure,
    Histogram times) {
  private static final double[] PERCENTILES = {50, 90, 99, 99.9};
  private static final double MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  /** Everything that was sent has come back. */
  public boolean isGood() {
    return failed == 0 && (plan.mode() != BenchMode.PAIRS || missing() == 0);
  }

  private long missing() {
    return Math.max(0, published - received);
  }

  public JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("mode", plan.mode().label())
            .put("clients", plan.clients())
            .put("qos", plan.qos().value())
            .put("payloadBytes", plan.payloadBytes())
            .put("window", plan.window())
            .put("connected", connected)
            .put("connectSeconds", connectSeconds)
            .put("connectMillis", millis(connects))
            .put("seconds", seconds)
            .put("published", published)
            .put("received", received)
            .put("failed", failed);
    if (plan.perSecond() > 0) {
      json.put("rate", plan.perSecond());
    }
    if (times.getTotalCount() > 0) {
      json.put(plan.mode() == BenchMode.PAIRS ? "deliveryMillis" : "publishMillis", millis(times));
    }
    return firstFailure == null ? json : json.put("firstFailure", firstFailure);
  }

  private static JsonObject millis(Histogram times) {
    JsonObject json = new JsonObject();
    for (double percentile : PERCENTILES) {
      json.put("p" + name(percentile), times.getValueAtPercentile(percentile) / MILLI);
    }
    return json.put("max", times.getMaxValue() / MILLI);
  }

  private static String name(double percentile) {
    return percentile == Math.rint(percentile)
        ? Integer.toString((int) percentile)
        : Double.toString(percentile);
  }

  /** For people. */
  public String toText() {
    StringBuilder text = new StringBuilder();
    line(
        text,
        "connected",
        "%,d in %.2f s (%,.0f/s)",
        connected,
        connectSeconds,
        connected / connectSeconds);
    line(text, "connect", "%s", percentiles(connects));
    if (plan.mode().publishes()) {
      line(
          text,
          "published",
          "%,d in %.2f s (%,.0f/s), QoS %d, %,d bytes",
          published,
          seconds,
          published / seconds,
          plan.qos().value(),
          plan.payloadBytes());
    }
    if (plan.mode().subscribes()) {
      line(text, "received", "%,d (%,.0f/s)", received, received / seconds);
    }
    if (times.getTotalCount() > 0) {
      String what = plan.mode() == BenchMode.PAIRS ? "delivery" : "publish";
      line(text, what, "%s", percentiles(times));
    }
    if (plan.mode() == BenchMode.PAIRS && missing() > 0) {
      line(text, "missing", "%,d were published and did not arrive", missing());
    }
    if (failed > 0) {
      line(text, "failed", "%,d; the first: %s", failed, String.valueOf(firstFailure));
    }
    return text.toString();
  }

  static String percentiles(Histogram times) {
    return String.format(
        Locale.ROOT,
        "p50 %.2f ms  p90 %.2f ms  p99 %.2f ms  p99.9 %.2f ms  max %.2f ms",
        times.getValueAtPercentile(50) / MILLI,
        times.getValueAtPercentile(90) / MILLI,
        times.getValueAtPercentile(99) / MILLI,
        times.getValueAtPercentile(99.9) / MILLI,
        times.getMaxValue() / MILLI);
  }

  private static void line(StringBuilder text, String name, String format, Object... values) {
    text.append(String.format(Locale.ROOT, "%-10s ", name))
        .append(String.format(Locale.ROOT, format, values))
        .append(System.lineSeparator());
  }
}
