package io.culvert.broker;

import io.culvert.mqtt.server.CountBy;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.QoS;
import io.culvert.runtime.metrics.MetricKind;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Something that is counted or held, in words and in numbers.
 *
 * @param name parts with dots between; the last one is the unit, where there is one
 * @param label what its series are told apart by; empty where there is one series only
 * @param read the series that there are. Their labels come from sets that are finite and known: no
 *     client can make one more
 */
record Metric(
    String name,
    MetricKind kind,
    List<String> label,
    String meaning,
    Function<Readings, List<Series>> read) {

  /** One number of a metric. */
  record Series(List<String> label, double value) {}

  Metric {
    label = List.copyOf(label);
  }

  static Metric counter(String name, String meaning, ToDoubleFunction<Readings> value) {
    return single(name, MetricKind.COUNTER, meaning, value);
  }

  static Metric gauge(String name, String meaning, ToDoubleFunction<Readings> value) {
    return single(name, MetricKind.GAUGE, meaning, value);
  }

  /** A counter with a series for each of these constants. */
  static <E extends Enum<E>> Metric counterBy(
      String label,
      List<E> kinds,
      String name,
      String meaning,
      Function<Readings, CountBy<E>> counts) {
    return counterOf(
        label, kinds, name, meaning, (readings, kind) -> counts.apply(readings).of(kind));
  }

  /** As above, however it is counted. */
  static <E extends Enum<E>> Metric counterOf(
      String label, List<E> kinds, String name, String meaning, Count<E> count) {
    return new Metric(
        name,
        MetricKind.COUNTER,
        List.of(label),
        meaning,
        readings ->
            kinds.stream()
                .map(kind -> new Series(List.of(word(kind)), count.of(readings, kind)))
                .toList());
  }

  /** With a series for each listener. */
  static Metric ofListeners(
      MetricKind kind, String name, String meaning, ToDoubleFunction<Readings.Listener> value) {
    return new Metric(
        name,
        kind,
        List.of("listener"),
        meaning,
        readings ->
            readings.listeners().stream()
                .map(each -> new Series(List.of(each.options().uri()), value.applyAsDouble(each)))
                .toList());
  }

  /** As Prometheus calls it. */
  String prometheusName() {
    return kind.prometheusName(name);
  }

  private static Metric single(
      String name, MetricKind kind, String meaning, ToDoubleFunction<Readings> value) {
    return new Metric(
        name,
        kind,
        List.of(),
        meaning,
        readings -> List.of(new Series(List.of(), value.applyAsDouble(readings))));
  }

  /** {@code queue-full} for QUEUE_FULL; QoS and version as they are written everywhere. */
  private static String word(Enum<?> kind) {
    if (kind instanceof QoS qos) {
      return String.valueOf(qos.value());
    }
    if (kind instanceof MqttVersion version) {
      return version.isMqtt5() ? "5.0" : version == MqttVersion.MQTT_3_1 ? "3.1" : "3.1.1";
    }
    return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Reads one constant's number. */
  interface Count<E> {
    long of(Readings readings, E kind);
  }
}
