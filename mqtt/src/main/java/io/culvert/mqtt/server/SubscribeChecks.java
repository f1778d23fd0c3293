package io.culvert.mqtt.server;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Statement;
import io.culvert.mqtt.wire.Subscribe;
import io.culvert.mqtt.wire.TopicFilter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is wrong with a SUBSCRIBE as a whole (the connection ends) or with one of its entries. */
final class SubscribeChecks {
  private SubscribeChecks() {}

  static List<SubscriptionRequest> check(Subscribe subscribe, Limits limits) {
    if (subscribe.properties().has(Property.SUBSCRIPTION_IDENTIFIER)
        && !limits.subscriptionIdentifiersAvailable()) {
      throw new MqttViolation(
          ReasonCode.SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED,
          null,
          "Subscription Identifiers are not supported here");
    }
    List<SubscriptionRequest> requests = new ArrayList<>(subscribe.entries().size());
    for (Subscribe.Entry entry : subscribe.entries()) {
      TopicFilter filter = parse(entry.filter());
      if (filter == null) {
        requests.add(
            new SubscriptionRequest(null, entry.options(), ReasonCode.TOPIC_FILTER_INVALID));
      } else {
        checkAvailable(filter, limits);
        if (filter.isShared() && entry.options().noLocal()) {
          throw new MqttViolation(
              ReasonCode.PROTOCOL_ERROR,
              Statement.MQTT5_3_8_3_4,
              "No Local on a Shared Subscription");
        }
        boolean beyond = requests.size() >= limits.filtersPerSubscribe() || !fits(filter, limits);
        requests.add(
            new SubscriptionRequest(
                filter, entry.options(), beyond ? ReasonCode.QUOTA_EXCEEDED : ReasonCode.SUCCESS));
      }
    }
    return requests;
  }

  /** The filter, or null when it is none. */
  static @Nullable TopicFilter parse(String text) {
    try {
      return TopicFilter.parse(text);
    } catch (MqttViolation invalid) {
      return null;
    }
  }

  private static void checkAvailable(TopicFilter filter, Limits limits) {
    if (filter.isShared() && !limits.sharedAvailable()) {
      throw new MqttViolation(
          ReasonCode.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED,
          null,
          "Shared Subscriptions are not supported here");
    }
    if (filter.hasWildcard() && !limits.wildcardAvailable()) {
      throw new MqttViolation(
          ReasonCode.WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED,
          null,
          "wildcard subscriptions are not supported here");
    }
  }

  private static boolean fits(TopicFilter filter, Limits limits) {
    return fits(filter.levels(), limits);
  }

  /** Whether a Topic Name or the levels of a Topic Filter are within the limits. */
  static boolean fits(Bytes topic, Limits limits) {
    if (topic.length() < limits.topicLevels()) {
      return topic.length() <= limits.topicBytes();
    }
    int levels = 1;
    for (int i = 0; i < topic.length(); i++) {
      if (topic.get(i) == '/') {
        levels++;
      }
    }
    return levels <= limits.topicLevels() && topic.length() <= limits.topicBytes();
  }
}
