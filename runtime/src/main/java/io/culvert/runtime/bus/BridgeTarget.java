package io.culvert.runtime.bus;

import io.vertx.core.Future;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.json.JsonObject;

/**
 * An address to which a bridge leads.
 *
 * @param toAll whether all consumers of the address get each message, and nobody acknowledges; else
 *     one of them does, and its reply acknowledges
 */
public record BridgeTarget(String address, boolean toAll) {
  /** Sends a message; completes when it is acknowledged, or at once where nobody does that. */
  public Future<?> send(EventBus bus, JsonObject message, DeliveryOptions options) {
    if (toAll) {
      bus.publish(address, message, options);
      return Future.succeededFuture();
    }
    return bus.request(address, message, options);
  }
}
