package io.culvert.mqtt.server;

import io.culvert.mqtt.topic.SharedGroup;
import io.culvert.mqtt.wire.SubscriptionOptions;
import io.culvert.mqtt.wire.TopicFilter;

/**
 * One session's subscription to one filter. Immutable; a new SUBSCRIBE to the same filter replaces
 * it [MQTT5-3.8.4-3].
 *
 * @param identifier the Subscription Identifier, or 0 for none
 * @see SharedGroup
 */
public record Subscription(
    Session session, TopicFilter filter, SubscriptionOptions options, int identifier) {
  @Override
  public String toString() {
    return session.clientId() + " " + filter + " " + options;
  }
}
