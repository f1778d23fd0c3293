package io.culvert.client;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Those who wait for PINGRESP. On the event loop only. */
final class Pings {
  private List<Promise<Long>> waiting = new ArrayList<>();

  /** One more; completes with the milliseconds from PINGREQ to PINGRESP. */
  Future<Long> add() {
    Promise<Long> promise = Promise.promise();
    waiting.add(promise);
    return promise.future();
  }

  /** PINGRESP answers all that were sent before. */
  void answered(long roundTripMillis) {
    forEach(promise -> Told.complete(promise, roundTripMillis));
  }

  /** None comes any more. */
  void failed(MqttClientException why) {
    forEach(promise -> Told.fail(promise, why));
  }

  private void forEach(Consumer<Promise<Long>> action) {
    List<Promise<Long>> told = waiting;
    waiting = new ArrayList<>(); // whoever is told may ask again
    told.forEach(action);
  }
}
