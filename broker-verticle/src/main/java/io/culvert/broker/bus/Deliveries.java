package io.culvert.broker.bus;

import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.runtime.bus.ReceivedMessage;
import io.culvert.runtime.bus.SubscribeRequest;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands each message to a subscriber's {@link Outlet}. At QoS 1 and 2 the reply acknowledges it; a
 * failed one is asked again after 100 ms, and each time after twice as long, up to 30 s, as long as
 * the subscription lives or as many times as the subscriber wants. At QoS 0 nothing is asked again,
 * and what comes while {@link #UNANSWERED} are unanswered is dropped.
 *
 * <p>The connection's Receive Maximum bounds the others. Single-threaded.
 */
final class Deliveries {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.mqtt.server");

  /** As many as the event bus keeps for a consumer that has paused. */
  private static final int UNANSWERED = 1000;

  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 30_000;

  private final String id;
  private final SubscribeRequest request;
  private final BusShard shard;
  private final Vertx vertx;
  private final BusCounters counters;
  private final Acknowledge acknowledge;
  private final Outlet outlet;
  private int unanswered;
  private boolean hasGivenUp;
  private boolean stopped;

  Deliveries(
      String id,
      SubscribeRequest request,
      BusShard shard,
      BusCounters counters,
      Outlet outlet,
      Acknowledge acknowledge) {
    this.id = id;
    this.request = request;
    this.shard = shard;
    this.vertx = shard.shard().context().owner();
    this.counters = counters;
    this.acknowledge = acknowledge;
    this.outlet = outlet;
  }

  /** Answers a message of QoS 1 or 2. */
  @FunctionalInterface
  interface Acknowledge {
    void acknowledge(int packetId, ReasonCode reasonCode);
  }

  /** A message came; its bytes are copied. */
  void add(Publish publish) {
    boolean once = publish.qos() == QoS.AT_MOST_ONCE;
    if (!outlet.takes(publish)) {
      if (!once) {
        acknowledge.acknowledge(publish.packetId(), ReasonCode.SUCCESS);
      }
      return;
    }
    if (once && unanswered >= UNANSWERED) {
      counters.countDropped();
      return;
    }
    JsonObject body = new ReceivedMessage(Messages.of(publish), id, 1).toJson();
    if (once) {
      unanswered++;
      request(body).onComplete(done -> unanswered--);
    } else {
      attempt(publish.packetId(), body, 1, shard.shard().nowMillis());
    }
  }

  /** Nothing is asked any more. */
  void stop() {
    stopped = true;
  }

  private void attempt(int packetId, JsonObject body, int attempt, long sinceMillis) {
    if (stopped) {
      return; // the broker has kept it
    }
    request(aged(body.put("attempt", attempt), sinceMillis))
        .onComplete(answer -> answered(packetId, body, attempt, sinceMillis, answer));
  }

  private Future<?> request(JsonObject body) {
    counters.countDelivery();
    return outlet.send(body);
  }

  private void answered(
      int packetId, JsonObject body, int attempt, long sinceMillis, AsyncResult<?> answer) {
    if (answer.succeeded()) {
      acknowledge.acknowledge(packetId, ReasonCode.SUCCESS);
    } else if (request.maxAttempts() > 0 && attempt >= request.maxAttempts()) {
      giveUp(packetId, body, attempt, answer.cause());
    } else if (!stopped) {
      counters.countRedelivery();
      vertx.setTimer(
          pauseMillis(attempt), ignored -> attempt(packetId, body, attempt + 1, sinceMillis));
    }
  }

  private void giveUp(int packetId, JsonObject body, int attempt, Throwable cause) {
    counters.countGivenUp();
    if (!hasGivenUp) { // the first of each subscriber; all are counted
      hasGivenUp = true;
      LOG.warn(
          "the subscriber at {} did not acknowledge a message to {} in {} attempts ({}); it and"
              + " others like it are given up",
          request.address(),
          body.getString("topic"),
          attempt,
          cause.toString());
    }
    acknowledge.acknowledge(packetId, ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR);
  }

  /** What is left of its expiry. */
  private JsonObject aged(JsonObject body, long sinceMillis) {
    Long expiry = body.getLong("expirySeconds");
    if (expiry == null) {
      return body;
    }
    long passed = (shard.shard().nowMillis() - sinceMillis) / 1000;
    return passed == 0 ? body : body.copy().put("expirySeconds", Math.max(0, expiry - passed));
  }

  private static long pauseMillis(int attempt) {
    int doublings = Math.min(attempt - 1, 16);
    return Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << doublings);
  }
}
