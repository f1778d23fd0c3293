package io.culvert.broker;

import io.culvert.broker.config.BrokerOptions;
import io.culvert.broker.config.StormOptions;
import io.culvert.mqtt.server.Limits;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/**
 * All limits by the names of their settings: those of the broker and of its listeners with what is
 * used of them, then those that hold for each client or each moment.
 */
final class LimitsInUse {
  private final JsonArray items = new JsonArray();

  private LimitsInUse() {}

  static JsonArray of(Readings readings, BrokerOptions options) {
    LimitsInUse all = new LimitsInUse();
    BrokerMetrics.LIMITS.forEach(
        limit ->
            all.add(limit.name(), (long) limit.most().applyAsDouble(readings))
                .put("use", (long) limit.use().applyAsDouble(readings)));
    readings
        .listeners()
        .forEach(
            each ->
                all.items.add(
                    new JsonObject()
                        .put("name", "mqtt.listeners[].max-connections")
                        .put("limit", (long) each.options().maximumConnections())
                        .put("use", each.counters().open())
                        .put("listener", each.options().uri())));
    all.ofClients(options.limits());
    all.add("unsent-bytes", options.unsentBytes());
    all.ofMoments(options);
    return all.items;
  }

  private void ofClients(Limits limits) {
    add("packet-bytes", limits.maximumPacketSizeBytes());
    add("user-properties", limits.userProperties());
    add("messages-per-second", limits.messagesPerSecond());
    add("bytes-per-second", limits.bytesPerSecond());
    add("receive-maximum", limits.receiveMaximum());
    add("in-flight", limits.inFlight());
    add("queue-messages", limits.queueMessages());
    add("queue-bytes", limits.queueBytes());
    add("hold-publisher-millis", limits.holdPublisherMillis());
    add("outbox-bytes", limits.outboxBytes());
    add("subscriptions-per-session", limits.subscriptionsPerSession());
    add("filters-per-subscribe", limits.filtersPerSubscribe());
    add("topic-levels", limits.topicLevels());
    add("topic-bytes", limits.topicBytes());
    add("session-expiry-seconds", limits.sessionExpirySeconds());
    add("will-delay-seconds", limits.willDelaySeconds());
    add("keep-alive-max-seconds", limits.keepAliveSeconds());
    add("connect-timeout-seconds", limits.connectTimeoutMillis() / 1000);
  }

  private void ofMoments(BrokerOptions options) {
    StormOptions storms = options.storms();
    add("connects-per-second", options.connectsPerSecond());
    add("loop-delay-millis", storms.loopDelayMillis());
    add("take-overs", storms.takeOvers());
    add("take-over-window-seconds", storms.takeOverWindowSeconds());
  }

  private JsonObject add(String name, long limit) {
    JsonObject item = new JsonObject().put("name", "limits." + name).put("limit", limit);
    items.add(item);
    return item;
  }
}
