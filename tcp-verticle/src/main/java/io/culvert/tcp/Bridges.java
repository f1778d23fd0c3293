package io.culvert.tcp;

import io.culvert.runtime.bus.BusAction;
import io.culvert.runtime.bus.CulvertMqtt;
import io.culvert.runtime.bus.MqttFailure;
import io.culvert.runtime.bus.MqttSubscription;
import io.culvert.runtime.bus.SubscribeRequest;
import io.culvert.runtime.log.SeldomLog;
import io.culvert.tcp.config.BridgeRule;
import io.culvert.tcp.wire.Message;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configured bridges. The broker may be on another node, and may come later than this service:
 * those from topics subscribe until they succeed. Single-threaded.
 */
final class Bridges {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.tcp.server");
  private static final long FIRST_PAUSE_MILLIS = 500;
  private static final long LONGEST_PAUSE_MILLIS = 30_000;

  private final Vertx vertx;
  private final CulvertMqtt mqtt;
  private final TcpCounters counters;
  private final InBridge in;
  private final List<OutBridge> out = new ArrayList<>();
  private final List<MessageConsumer<Object>> consumers = new ArrayList<>();
  private final List<MqttSubscription> subscriptions = new ArrayList<>();
  private final SeldomLog refusals = new SeldomLog(LOG);
  private boolean stopped;

  private Bridges(Vertx vertx, TcpServer server, String service) {
    this.vertx = vertx;
    this.mqtt = CulvertMqtt.create(vertx);
    this.counters = server.counters();
    this.in = new InBridge(server, service);
  }

  /**
   * Those of these rules, which carry at once; those from addresses are known to other nodes when
   * it completes.
   *
   * @param service names this one among all on the event bus
   * @param replyMillis how long consumers of addresses may take
   */
  static Future<Bridges> start(
      Vertx vertx, TcpServer server, String service, List<BridgeRule> rules, long replyMillis) {
    Bridges bridges = new Bridges(vertx, server, service);
    for (BridgeRule rule : rules) {
      bridges.add(rule, rule.name() + "@" + service, replyMillis);
    }
    return Future.all(bridges.consumers.stream().map(MessageConsumer::completion).toList())
        .map(bridges);
  }

  private void add(BridgeRule rule, String mark, long replyMillis) {
    if (rule instanceof BridgeRule.ToTopic topic) {
      out.add(OutBridge.of(topic, mqtt, mark));
    } else if (rule instanceof BridgeRule.ToAddress address) {
      out.add(OutBridge.of(address, vertx, mark, replyMillis));
    } else if (rule instanceof BridgeRule.FromTopic topic) {
      subscribe(topic, FIRST_PAUSE_MILLIS);
    } else if (rule instanceof BridgeRule.FromAddress address) {
      consumers.add(
          BusAction.serveMessages(
              vertx.eventBus(),
              address.address(),
              message ->
                  Future.succeededFuture(message)
                      .compose(given -> in.carry(address, given))
                      .onFailure(this::refused),
              LOG));
    }
  }

  /** Carries a message over all bridges that take it; fails if one could not. */
  Future<Void> carry(Message message, @Nullable TcpPeer peer) {
    List<Future<Void>> ways = new ArrayList<>();
    for (OutBridge bridge : out) {
      if (bridge.takes(message)) {
        ways.add(
            bridge
                .carry(message, peer)
                .onSuccess(done -> counters.bridgedOut.increment())
                .onFailure(this::refused));
      }
    }
    return ways.isEmpty() ? Future.succeededFuture() : Future.join(ways).mapEmpty();
  }

  /** Carries no more, and unsubscribes. */
  Future<Void> stop() {
    stopped = true;
    List<Future<Void>> ends = new ArrayList<>();
    consumers.forEach(consumer -> ends.add(consumer.unregister()));
    subscriptions.forEach(subscription -> ends.add(subscription.unsubscribe()));
    return Future.join(ends).mapEmpty();
  }

  private void subscribe(BridgeRule.FromTopic rule, long pauseMillis) {
    SubscribeRequest request = SubscribeRequest.to(rule.filter()).withQos(rule.qos());
    mqtt.subscribe(request, received -> in.carry(rule, received))
        .onSuccess(this::subscribed)
        .onFailure(failure -> notSubscribed(rule, failure, pauseMillis));
  }

  private void subscribed(MqttSubscription subscription) {
    if (stopped) {
      subscription.unsubscribe().onFailure(failure -> LOG.debug("not unsubscribed", failure));
    } else {
      subscriptions.add(subscription);
    }
  }

  private void notSubscribed(BridgeRule.FromTopic rule, Throwable failure, long pauseMillis) {
    MqttFailure why = MqttFailure.of(failure);
    if (why != null && !why.retryable()) {
      LOG.error(
          "bridge {} cannot subscribe, and carries nothing: {}", rule.name(), failure.getMessage());
      return;
    }
    if (stopped) {
      return;
    }
    LOG.warn("bridge {} is not subscribed yet: {}", rule.name(), failure.getMessage());
    vertx
        .timer(pauseMillis, TimeUnit.MILLISECONDS)
        .onSuccess(
            over -> {
              if (!stopped) {
                subscribe(rule, Math.min(LONGEST_PAUSE_MILLIS, 2 * pauseMillis));
              }
            });
  }

  private void refused(Throwable failure) {
    counters.bridgeRefused.increment();
    refusals.warn(
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime()),
        "a message could not be carried: " + failure.getMessage());
  }
}
