package io.culvert.mqtt.server;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.MqttVersion;
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

  static List<SubscriptionRequest> check(Subscribe subscribe, MqttVersion version, Limits limits) {
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
      ReasonCode refusal =
          filter == null
              ? ReasonCode.TOPIC_FILTER_INVALID
              : requests.size() >= limits.filtersPerSubscribe()
                  ? ReasonCode.QUOTA_EXCEEDED
                  : refusal(filter, entry, version, limits);
      requests.add(new SubscriptionRequest(filter, entry.options(), refusal));
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

  private static ReasonCode refusal(
      TopicFilter filter, Subscribe.Entry entry, MqttVersion version, Limits limits) {
    ReasonCode unavailable = unavailable(filter, limits);
    if (unavailable != ReasonCode.SUCCESS) {
      if (version.isMqtt5()) { // CONNACK has told it: a Protocol Error, sections 3.2.2.3.11 and 13
        throw new MqttViolation(
            unavailable,
            null,
            unavailable == ReasonCode.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED
                ? "Shared Subscriptions are not supported here"
                : "wildcard subscriptions are not supported here");
      }
      return unavailable; // [MQTT3-3.8.3-2]
    }
    if (filter.isShared() && entry.options().noLocal()) {
      throw new MqttViolation(
          ReasonCode.PROTOCOL_ERROR, Statement.MQTT5_3_8_3_4, "No Local on a Shared Subscription");
    }
    return fits(filter, limits) ? ReasonCode.SUCCESS : ReasonCode.QUOTA_EXCEEDED;
  }

  private static ReasonCode unavailable(TopicFilter filter, Limits limits) {
    if (filter.isShared() && !limits.sharedAvailable()) {
      return ReasonCode.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED;
    }
    return filter.hasWildcard() && !limits.wildcardAvailable()
        ? ReasonCode.WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED
        : ReasonCode.SUCCESS;
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
