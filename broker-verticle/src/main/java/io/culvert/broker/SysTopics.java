package io.culvert.broker;

import io.culvert.mqtt.server.Counters;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.runtime.driver.DriverCounters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * What {@code $SYS} says: below {@code $SYS/broker} with the names that Mosquitto uses, so that
 * what watches a Mosquitto watches this, and below {@code $SYS/culvert} each of {@link
 * BrokerMetrics} that has ever been other than 0.
 */
final class SysTopics {
  private static final double MILLIS_PER_SECOND = 1000;

  private final String version;
  private final long startMillis;
  private final Map<SysLoad, ToLongFunction<Readings>> loads = new LinkedHashMap<>();
  private long lastMillis;
  private int mostConnected;
  private long mostHeap;

  SysTopics(long startMillis) {
    this.version = "culvert version " + BrokerVerticle.version();
    this.startMillis = startMillis;
    this.lastMillis = startMillis;
    load("messages/received", r -> r.broker().packets().received());
    load("messages/sent", r -> r.broker().packets().sent());
    load("publish/dropped", r -> r.broker().counters().dropped().sum());
    load("publish/received", r -> r.broker().counters().received());
    load("publish/sent", r -> r.broker().counters().delivered());
    load("bytes/received", r -> r.broker().packets().receivedBytes());
    load("bytes/sent", r -> r.broker().packets().sentBytes());
    load("sockets", SysTopics::accepted);
    load("connections", r -> r.broker().packets().received(PacketType.CONNECT));
  }

  /** Topics with what they say now. */
  Map<String, String> at(Readings readings, long nowMillis) {
    Map<String, String> topics = new LinkedHashMap<>();
    broker(readings, nowMillis).forEach((name, value) -> topics.put("$SYS/broker/" + name, value));
    for (Metric metric : BrokerMetrics.TABLE) {
      for (Metric.Series series : metric.read().apply(readings)) {
        topics.put(topic(metric, series.label()), number(series.value()));
      }
    }
    return topics;
  }

  private Map<String, String> broker(Readings readings, long nowMillis) {
    BrokerStatus status = readings.broker();
    Counters counters = status.counters();
    Runtime runtime = Runtime.getRuntime();
    long heap = runtime.totalMemory() - runtime.freeMemory();
    mostHeap = Math.max(mostHeap, heap);
    mostConnected = Math.max(mostConnected, status.connected());
    int away = status.sessions() - status.connected();
    long stored =
        status.retainedMessages() + counters.queuedMessages() + counters.messagesInFlight();
    Map<String, String> topics = new LinkedHashMap<>();
    topics.put("version", version);
    topics.put("uptime", (nowMillis - startMillis) / 1000 + " seconds");
    put(topics, "clients/total", status.sessions());
    put(topics, "clients/connected", status.connected());
    put(topics, "clients/active", status.connected());
    put(topics, "clients/disconnected", away);
    put(topics, "clients/inactive", away);
    put(topics, "clients/maximum", mostConnected);
    put(topics, "clients/expired", counters.expiredSessions());
    put(topics, "messages/received", status.packets().received());
    put(topics, "messages/sent", status.packets().sent());
    put(topics, "messages/stored", stored);
    put(topics, "store/messages/count", stored);
    put(topics, "store/messages/bytes", status.retainedBytes() + counters.queuedBytes());
    put(topics, "subscriptions/count", status.subscriptions());
    put(topics, "shared_subscriptions/count", status.sharedSubscriptions());
    put(topics, "retained messages/count", status.retainedMessages());
    put(topics, "heap/current", heap);
    put(topics, "heap/maximum", mostHeap);
    put(topics, "publish/messages/received", counters.received());
    put(topics, "publish/messages/sent", counters.delivered());
    put(topics, "publish/messages/dropped", counters.dropped().sum());
    put(topics, "publish/bytes/received", counters.receivedBytes());
    put(topics, "publish/bytes/sent", counters.deliveredBytes());
    put(topics, "bytes/received", status.packets().receivedBytes());
    put(topics, "bytes/sent", status.packets().sentBytes());
    loads(topics, readings, nowMillis);
    return topics;
  }

  private void loads(Map<String, String> topics, Readings readings, long nowMillis) {
    double seconds = (nowMillis - lastMillis) / MILLIS_PER_SECOND;
    lastMillis = nowMillis;
    loads.forEach(
        (load, total) -> {
          load.update(total.applyAsLong(readings), seconds);
          for (SysLoad.Window window : load.windows()) {
            topics.put(
                "load/" + load.topic() + "/" + window.minutes() + "min",
                String.format(Locale.ROOT, "%.2f", window.perMinute()));
          }
        });
  }

  private void load(String topic, ToLongFunction<Readings> total) {
    loads.put(new SysLoad(topic), total);
  }

  private static void put(Map<String, String> topics, String name, long value) {
    topics.put(name, String.valueOf(value));
  }

  private static long accepted(Readings readings) {
    return readings.listeners().stream()
        .map(Readings.Listener::counters)
        .mapToLong(DriverCounters::accepted)
        .sum();
  }

  /** {@code $SYS/culvert/messages/dropped/queue-full}. */
  private static String topic(Metric metric, List<String> label) {
    StringBuilder topic = new StringBuilder("$SYS/").append(metric.name().replace('.', '/'));
    for (String value : label) { // of which some are addresses
      topic.append('/').append(value.replace("://", ":").replaceAll("[/+#]", "-"));
    }
    return topic.toString();
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? String.valueOf((long) value)
        : String.format(Locale.ROOT, "%.6f", value);
  }
}
