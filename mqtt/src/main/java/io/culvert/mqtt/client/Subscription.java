package io.culvert.mqtt.client;

import io.culvert.mqtt.wire.SubscriptionOptions;
import io.culvert.mqtt.wire.TopicFilter;

/**
 * A subscription of this client.
 *
 * @param identifier the Subscription Identifier, or 0 for none
 * @param count how many times it was subscribed and not unsubscribed
 * @param confirmed SUBACK has granted it
 */
public record Subscription(
    TopicFilter filter,
    SubscriptionOptions options,
    int identifier,
    int count,
    boolean confirmed) {}
