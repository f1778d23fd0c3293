package io.culvert.broker.bus;

import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.runtime.bus.BridgeTrail;
import io.culvert.runtime.bus.SubscribeRequest;
import io.culvert.runtime.bus.SubscribeResult;
import io.culvert.runtime.config.ConfigurationException;
import io.culvert.runtime.config.Problem;
import io.culvert.runtime.log.SeldomLog;
import io.vertx.core.Future;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries messages from topics to an address: a subscriber with a session but without a lease, so
 * that what comes while it is disconnected waits. Everything in it happens on its shard's event
 * loop.
 */
final class OutBridge implements Outlet {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.mqtt.server");

  /** Whoever ended the connection, or refused it, may not be ready at once for the next one. */
  private static final long RECONNECT_MILLIS = 1000;

  private final String id;
  private final BridgeRule.Out rule;
  private final BusHost host;
  private final BusShard shard;
  private final BusCounters counters;
  private final long sessionExpirySeconds;
  private final SubscribeRequest request;
  private final DeliveryOptions options;
  private final SeldomLog loops = new SeldomLog(LOG);
  private final SeldomLog losses = new SeldomLog(LOG);
  private volatile boolean stopped;

  /**
   * One that does not carry yet.
   *
   * @param id of its subscription
   */
  OutBridge(
      String id,
      BridgeRule.Out rule,
      BusHost host,
      BusShard shard,
      BusCounters counters,
      long sessionExpirySeconds) {
    this.id = id;
    this.rule = rule;
    this.host = host;
    this.shard = shard;
    this.counters = counters;
    this.sessionExpirySeconds = sessionExpirySeconds;
    this.request =
        SubscribeRequest.to(rule.filter())
            .withQos(rule.qos())
            .withAddress(rule.target().address())
            .withSession(rule.name())
            .withMaxOutstanding(rule.maxOutstanding())
            .withMaxAttempts(rule.maxAttempts());
    this.options =
        new DeliveryOptions()
            .setSendTimeout(request.ackTimeoutMillis())
            .addHeader(BridgeTrail.KEY, rule.name());
  }

  BusShard shard() {
    return shard;
  }

  /** Completes when it is subscribed; fails when the broker refuses that, and is over then. */
  Future<SubscribeResult> start() {
    return connect()
        .recover(
            refused -> {
              stopped = true;
              return Future.failedFuture(
                  new ConfigurationException(
                      List.of(
                          new Problem(
                              "",
                              "mqtt.bridges",
                              "%s cannot subscribe: %s"
                                  .formatted(rule.name(), refused.getMessage())))));
            });
  }

  /** Does not connect again. May be called on any thread. */
  void stop() {
    stopped = true;
  }

  @Override
  public boolean takes(Publish publish) {
    if (BridgeTrail.permits(trail(publish), rule.name())) {
      return true;
    }
    counters.countBridgeLoop();
    loops.warn(
        shard.shard().nowMillis(),
        "bridge %s stops a message to %s, which goes in circles"
            .formatted(rule.name(), publish.topic()));
    return false;
  }

  @Override
  public Future<?> send(JsonObject body) {
    return rule.target().send(shard.shard().context().owner().eventBus(), body, options);
  }

  private static List<String> trail(Publish publish) {
    if (publish.properties().isEmpty()) {
      return List.of();
    }
    return publish.properties().userProperties().stream()
        .filter(pair -> pair.name().equals(BridgeTrail.KEY))
        .map(pair -> pair.value())
        .toList();
  }

  private Future<SubscribeResult> connect() {
    Subscriber subscriber =
        new Subscriber(
            id,
            ReservedIds.bridge(rule.name()),
            request,
            shard,
            counters,
            sessionExpirySeconds,
            this);
    subscriber.ended().onSuccess(this::ended);
    return subscriber.start();
  }

  private void ended(ReasonCode why) {
    if (stopped || host.isLeaving()) {
      return;
    }
    losses.warn(
        shard.shard().nowMillis(),
        "bridge %s was disconnected (%s); it connects again"
            .formatted(rule.name(), Messages.words(why)));
    shard.shard().context().owner().setTimer(RECONNECT_MILLIS, ignored -> again());
  }

  private void again() {
    if (!stopped) {
      var unused = connect(); // its end, a refusal too, is told to ended
    }
  }
}
