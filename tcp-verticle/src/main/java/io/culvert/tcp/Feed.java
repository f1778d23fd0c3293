package io.culvert.tcp;

import io.culvert.engine.Bytes;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonObject;

/**
 * A subscriber on the event bus. Each message is requested at its address; as long as too many have
 * no reply, further ones are dropped. Single-threaded.
 */
final class Feed {
  final String id;
  final Bytes uri;
  final long leaseMillis;

  /** Of the timer that ends its lease. */
  long timer;

  private final Vertx vertx;
  private final String address;
  private final int maximumOutstanding;
  private final DeliveryOptions delivery;
  private int outstanding;

  Feed(
      Vertx vertx,
      String id,
      Bytes uri,
      String address,
      int maximumOutstanding,
      long leaseMillis,
      long replyMillis) {
    this.vertx = vertx;
    this.id = id;
    this.uri = uri;
    this.address = address;
    this.maximumOutstanding = maximumOutstanding;
    this.leaseMillis = leaseMillis;
    this.delivery = new DeliveryOptions().setSendTimeout(replyMillis);
  }

  /** False if it has no room for the message. */
  boolean offer(JsonObject message) {
    if (outstanding >= maximumOutstanding) {
      return false;
    }
    outstanding++;
    vertx
        .eventBus()
        .request(address, message, delivery)
        .onComplete(done -> outstanding--); // whatever it says: a message comes once
    return true;
  }
}
