package io.culvert.broker.bus;

import io.culvert.runtime.bus.BridgeTrail;
import io.culvert.runtime.bus.MqttFailure;
import io.culvert.runtime.bus.MqttMessage;
import io.culvert.runtime.bus.PublishResult;
import io.culvert.runtime.log.SeldomLog;
import io.vertx.core.Future;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Publishes what comes to an address. Everything in it happens on the publisher's event loop. */
final class InBridge {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.mqtt.server");

  /** Acknowledges, so that it does not come again. */
  private static final PublishResult STOPPED =
      new PublishResult(0, "not published: it goes in circles");

  private final BridgeRule.In rule;
  private final BusShard shard;
  private final Publisher publisher;
  private final BusCounters counters;
  private final SeldomLog loops = new SeldomLog(LOG);
  private final SeldomLog refusals = new SeldomLog(LOG);

  InBridge(BridgeRule.In rule, BusShard shard, Publisher publisher, BusCounters counters) {
    this.rule = rule;
    this.shard = shard;
    this.publisher = publisher;
    this.counters = counters;
  }

  String address() {
    return rule.address();
  }

  /** Publishes it; completes with what its sender is told. */
  Future<JsonObject> carry(Message<Object> message) {
    return Future.succeededFuture()
        .compose(now -> publish(message))
        .onFailure(this::refused)
        .map(PublishResult::toJson);
  }

  private Future<PublishResult> publish(Message<Object> message) {
    MqttMessage given = MqttMessage.fromJson(completed(message.body()));
    if (!given.topic().equals(rule.topic()) && !given.topic().startsWith(rule.topic() + "/")) {
      throw MqttFailure.BAD_REQUEST.because(
          "topic must be " + rule.topic() + " or lie below it, or be left out");
    }
    if (!BridgeTrail.permits(BridgeTrail.of(given.properties(), message.headers()), rule.name())) {
      counters.countBridgeLoop();
      loops.warn(
          shard.shard().nowMillis(),
          "bridge %s stops a message to %s, which goes in circles"
              .formatted(rule.name(), given.topic()));
      return Future.succeededFuture(STOPPED);
    }
    return publisher
        .publish(
            given.withProperties(
                BridgeTrail.marked(given.properties(), message.headers(), rule.name())))
        .onSuccess(done -> counters.countBridgedIn());
  }

  /** Without what only subscribers are told, with what the rule says where the sender does not. */
  private @Nullable Object completed(@Nullable Object body) {
    if (!(body instanceof JsonObject json)) {
      return body;
    }
    JsonObject message = json.copy();
    message.remove("subscription");
    message.remove("attempt");
    if (!message.containsKey("topic")) {
      message.put("topic", rule.topic());
    }
    if (!message.containsKey("qos")) {
      message.put("qos", rule.qos());
    }
    return message;
  }

  private void refused(Throwable failure) {
    counters.countBridgeRefused();
    refusals.warn(
        shard.shard().nowMillis(),
        "bridge %s could not publish a message from %s: %s"
            .formatted(rule.name(), rule.address(), failure.getMessage()));
  }
}
