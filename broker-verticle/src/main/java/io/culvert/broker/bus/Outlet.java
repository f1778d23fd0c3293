package io.culvert.broker.bus;

import io.culvert.mqtt.wire.Publish;
import io.culvert.runtime.bus.SubscribeRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonObject;

/** Where a subscriber's messages go. Called on its event loop. */
interface Outlet {
  /** Whether a message goes there; one that does not counts as acknowledged. */
  boolean takes(Publish publish);

  /** Hands one over; completes when it is acknowledged. */
  Future<?> send(JsonObject body);

  /** All of them as requests to the subscriber's address. */
  static Outlet requests(Vertx vertx, SubscribeRequest request) {
    DeliveryOptions options = new DeliveryOptions().setSendTimeout(request.ackTimeoutMillis());
    return new Outlet() {
      @Override
      public boolean takes(Publish publish) {
        return true;
      }

      @Override
      public Future<?> send(JsonObject body) {
        return vertx.eventBus().request(request.address(), body, options);
      }
    };
  }
}
