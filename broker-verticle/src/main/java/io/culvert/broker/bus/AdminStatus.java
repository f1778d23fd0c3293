package io.culvert.broker.bus;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

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
    return host.status().map(status -> status.put("eventBus", eventBus()));
  }

  Future<JsonObject> limits() {
    return host.limits()
        .map(
            items ->
                new JsonObject()
                    .put(
                        "items",
                        items
                            .add(
                                used(
                                    "limits.event-bus-messages",
                                    options.messages(),
                                    publisher.outstanding()))
                            .add(
                                used(
                                    "limits.event-bus-bytes",
                                    options.bytes(),
                                    publisher.outstandingBytes()))
                            .add(
                                used(
                                    "limits.event-bus-subscriptions",
                                    options.subscriptions(),
                                    subscribers.count()))));
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

  private static JsonObject used(String name, long limit, long use) {
    return new JsonObject().put("name", name).put("limit", limit).put("use", use);
  }
}
