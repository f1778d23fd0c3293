package io.culvert.tcp;

import io.culvert.runtime.bus.BridgeTrail;
import io.culvert.runtime.bus.CulvertMqtt;
import io.culvert.runtime.bus.MqttMessage;
import io.culvert.runtime.bus.MqttProperties;
import io.culvert.runtime.bus.TcpFailure;
import io.culvert.tcp.config.BridgeRule;
import io.culvert.tcp.config.NamePattern;
import io.culvert.tcp.wire.Message;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import org.jspecify.annotations.Nullable;

/**
 * Carries what peers publish to a topic or an address. Whoever has published is told when it could
 * not; what is on its way is bounded. Single-threaded.
 */
final class OutBridge {
  private final String name;
  private final NamePattern uri;
  private final int maximumOutstanding;
  private final Way way;
  private int outstanding;

  private OutBridge(String name, NamePattern uri, int maximumOutstanding, Way way) {
    this.name = name;
    this.uri = uri;
    this.maximumOutstanding = maximumOutstanding;
    this.way = way;
  }

  /**
   * One to MQTT.
   *
   * @param mark for what goes through
   */
  static OutBridge of(BridgeRule.ToTopic rule, CulvertMqtt mqtt, String mark) {
    MqttProperties marked = BridgeTrail.begun(mark);
    return new OutBridge(
        rule.name(),
        rule.uri(),
        rule.maxOutstanding(),
        (message, rest, peer) ->
            mqtt.publish(
                MqttMessage.of(
                        topic(rule.topic(), rest), Buffer.buffer(message.content().toByteArray()))
                    .withQos(rule.qos())
                    .withProperties(marked)));
  }

  /** One to an address. */
  static OutBridge of(BridgeRule.ToAddress rule, Vertx vertx, String mark, long replyMillis) {
    DeliveryOptions delivery =
        new DeliveryOptions().setSendTimeout(replyMillis).addHeader(BridgeTrail.KEY, mark);
    return new OutBridge(
        rule.name(),
        rule.uri(),
        rule.maxOutstanding(),
        (message, rest, peer) ->
            rule.target().send(vertx.eventBus(), MessageJson.of(message, peer), delivery));
  }

  /** Whether it carries messages of this URI. */
  boolean takes(Message message) {
    return rest(message) != null;
  }

  /** Carries one that it takes; fails with {@link TcpFailure#NOT_CARRIED} or BUSY. */
  Future<Void> carry(Message message, @Nullable TcpPeer peer) {
    if (outstanding >= maximumOutstanding) {
      return Future.failedFuture(
          TcpFailure.BUSY.because(
              "%d messages are on their way over the bridge %s".formatted(outstanding, name)));
    }
    String rest = rest(message);
    if (rest == null) {
      return Future.failedFuture(new IllegalArgumentException("not a message of " + name));
    }
    outstanding++;
    return Future.succeededFuture()
        .compose(now -> way.send(message, rest, peer))
        .onComplete(done -> outstanding--)
        .<Void>mapEmpty()
        .recover(
            failure ->
                Future.failedFuture(
                    TcpFailure.NOT_CARRIED.because(
                        "the bridge %s: %s".formatted(name, failure.getMessage()))));
  }

  private @Nullable String rest(Message message) {
    String text = MessageJson.text(message.uri());
    return text == null ? null : uri.rest(text);
  }

  private static String topic(NamePattern topics, String rest) {
    String topic = topics.with(rest);
    if (topic.isEmpty()
        || topic.startsWith("$")
        || topic.chars().anyMatch(c -> c == '+' || c == '#' || c == 0)) {
      throw new IllegalArgumentException("no topic can be made of the URI");
    }
    return topic;
  }

  /** Where it leads. */
  @FunctionalInterface
  private interface Way {
    Future<?> send(Message message, String rest, @Nullable TcpPeer peer);
  }
}
