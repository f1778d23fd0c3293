package io.culvert.broker.bus;

import io.culvert.mqtt.server.Broker;
import io.culvert.mqtt.server.Counters;
import io.culvert.mqtt.server.DropReason;
import io.culvert.mqtt.server.Limits;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/** What the broker holds and has counted, and its limits. */
final class AdminStatus {
  private final BusHost host;
  private final BusOptions options;
  private final BusCounters bus;
  private final Publisher publisher;
  private final Subscribers subscribers;

  AdminStatus(
      BusHost host,
      BusOptions options,
      BusCounters bus,
      Publisher publisher,
      Subscribers subscribers) {
    this.host = host;
    this.options = options;
    this.bus = bus;
    this.publisher = publisher;
    this.subscribers = subscribers;
  }

  Future<JsonObject> status() {
    return parts().map(this::status);
  }

  Future<JsonObject> limits() {
    return parts().map(this::limits);
  }

  private JsonObject status(List<Part> parts) {
    Counters counters = Counters.total(parts.stream().map(Part::counters).toList());
    JsonObject dropped = new JsonObject();
    for (DropReason reason : DropReason.values()) {
      dropped.put(reason.name().toLowerCase(Locale.ROOT), counters.dropped(reason));
    }
    return new JsonObject()
        .put("connections", sum(parts, Part::connected))
        .put("sessions", sum(parts, Part::sessions))
        .put("subscriptions", sum(parts, Part::subscriptions))
        .put("retainedMessages", sum(parts, Part::retainedMessages))
        .put("retainedBytes", sum(parts, Part::retainedBytes))
        .put("queuedMessages", counters.queuedMessages())
        .put("queuedBytes", counters.queuedBytes())
        .put("received", counters.received())
        .put("delivered", counters.delivered())
        .put("dropped", dropped)
        .put("refused", counters.refused())
        .put("denied", counters.denied())
        .put("eventBus", eventBus());
  }

  private JsonObject eventBus() {
    return new JsonObject()
        .put("outstandingMessages", publisher.outstanding())
        .put("outstandingBytes", publisher.outstandingBytes())
        .put("subscriptions", subscribers.count())
        .put("delivered", bus.delivered())
        .put("redelivered", bus.redelivered())
        .put("dropped", bus.dropped())
        .put("givenUp", bus.givenUp())
        .put("leasesEnded", bus.leasesEnded())
        .put("bridgedIn", bus.bridgedIn())
        .put("bridgeRefused", bus.bridgeRefused())
        .put("bridgeLoops", bus.bridgeLoops());
  }

  /** Those of the whole broker with what is used of them; the others hold for each client. */
  private JsonObject limits(List<Part> parts) {
    Limits limits = host.limits();
    JsonArray items = new JsonArray();
    items
        .add(used("limits.sessions", limits.sessions(), sum(parts, Part::sessions)))
        .add(
            used(
                "limits.retained-messages",
                limits.retainedMessages(),
                sum(parts, Part::retainedMessages)))
        .add(used("limits.retained-bytes", limits.retainedBytes(), sum(parts, Part::retainedBytes)))
        .add(used("limits.connecting-bytes", limits.connectingBytes(), host.connectingBytes()))
        .add(used("limits.event-bus-messages", options.messages(), publisher.outstanding()))
        .add(used("limits.event-bus-bytes", options.bytes(), publisher.outstandingBytes()))
        .add(used("limits.event-bus-subscriptions", options.subscriptions(), subscribers.count()));
    for (JsonObject listener : host.listeners()) {
      items.add(
          used(
                  "mqtt.listeners[].max-connections",
                  listener.getLong("maxConnections"),
                  listener.getLong("connections"))
              .put("listener", listener.getString("uri")));
    }
    items
        .add(each("limits.packet-bytes", limits.maximumPacketSizeBytes()))
        .add(each("limits.receive-maximum", limits.receiveMaximum()))
        .add(each("limits.in-flight", limits.inFlight()))
        .add(each("limits.queue-messages", limits.queueMessages()))
        .add(each("limits.queue-bytes", limits.queueBytes()))
        .add(each("limits.outbox-bytes", limits.outboxBytes()))
        .add(each("limits.subscriptions-per-session", limits.subscriptionsPerSession()))
        .add(each("limits.filters-per-subscribe", limits.filtersPerSubscribe()))
        .add(each("limits.topic-levels", limits.topicLevels()))
        .add(each("limits.topic-bytes", limits.topicBytes()))
        .add(each("limits.session-expiry-seconds", limits.sessionExpirySeconds()));
    return new JsonObject().put("items", items);
  }

  private static JsonObject used(String name, long limit, long use) {
    return new JsonObject().put("name", name).put("limit", limit).put("use", use);
  }

  private static JsonObject each(String name, long limit) {
    return new JsonObject().put("name", name).put("limit", limit);
  }

  private Future<List<Part>> parts() {
    List<Future<Part>> parts =
        host.shards().stream().map(shard -> shard.on(() -> Part.of(shard.broker()))).toList();
    return Future.all(parts).map(done -> parts.stream().map(Future::result).toList());
  }

  private static long sum(List<Part> parts, ToLongFunction<Part> number) {
    return parts.stream().mapToLong(number).sum();
  }

  /** One event loop's. */
  private record Part(
      Counters counters,
      int connected,
      int sessions,
      int subscriptions,
      int retainedMessages,
      long retainedBytes) {
    static Part of(Broker broker) {
      return new Part(
          Counters.total(List.of(broker.counters())),
          broker.connectedCount(),
          broker.sessionCount(),
          broker.subscriptionCount(),
          broker.retainedCount(),
          broker.retainedBytes());
    }
  }
}
