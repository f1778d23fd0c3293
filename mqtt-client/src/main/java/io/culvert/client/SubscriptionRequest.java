package io.culvert.client;

import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.RetainHandling;
import io.culvert.mqtt.wire.SubscriptionOptions;
import io.culvert.mqtt.wire.TopicFilter;
import io.vertx.core.Handler;
import org.jspecify.annotations.Nullable;

/**
 * What is to be subscribed, and how.
 *
 * @param filter a Topic Filter, perhaps {@code $share/group/filter}
 * @param manualAcknowledgement the application acknowledges each message itself; otherwise that
 *     happens when its handler has returned
 */
public record SubscriptionRequest(
    String filter, SubscriptionOptions options, boolean manualAcknowledgement) {
  public SubscriptionRequest {
    TopicFilter parsed = topicFilter(filter);
    if (parsed.isShared() && options.noLocal()) {
      throw new IllegalArgumentException(
          filter + ": a shared subscription cannot have No Local"); // [MQTT5-3.8.3-4]
    }
  }

  public static SubscriptionRequest of(String filter, QoS qos) {
    return new SubscriptionRequest(filter, SubscriptionOptions.of(qos), false);
  }

  public SubscriptionRequest withManualAcknowledgement() {
    return new SubscriptionRequest(filter, options, true);
  }

  /** What this client publishes does not come back. */
  public SubscriptionRequest withNoLocal() {
    return with(
        new SubscriptionOptions(
            options.qos(), true, options.retainAsPublished(), options.retainHandling()));
  }

  /** Messages keep the RETAIN flag that they were published with. */
  public SubscriptionRequest withRetainAsPublished() {
    return with(
        new SubscriptionOptions(options.qos(), options.noLocal(), true, options.retainHandling()));
  }

  public SubscriptionRequest withRetainHandling(RetainHandling handling) {
    return with(
        new SubscriptionOptions(
            options.qos(), options.noLocal(), options.retainAsPublished(), handling));
  }

  /** For {@link MqttClient#subscribe(java.util.List)}. */
  public HandledRequest handledBy(@Nullable Handler<ReceivedMessage> handler) {
    return new HandledRequest(this, handler);
  }

  TopicFilter topicFilter() {
    return topicFilter(filter);
  }

  private SubscriptionRequest with(SubscriptionOptions other) {
    return new SubscriptionRequest(filter, other, manualAcknowledgement);
  }

  static TopicFilter topicFilter(String filter) {
    try {
      return TopicFilter.parse(filter);
    } catch (MqttViolation violation) {
      throw new IllegalArgumentException(
          "no Topic Filter to subscribe to: " + violation.getMessage(), violation);
    }
  }
}
