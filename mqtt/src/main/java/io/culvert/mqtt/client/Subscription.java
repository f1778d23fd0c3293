package io.culvert.mqtt.client;

import io.culvert.mqtt.wire.Subscribe;
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
    TopicFilter filter, SubscriptionOptions options, int identifier, int count, boolean confirmed) {
  Subscription withCount(int newCount) {
    return new Subscription(filter, options, identifier, newCount, confirmed);
  }

  Subscription confirmed(boolean newConfirmed) {
    return new Subscription(filter, options, identifier, count, newConfirmed);
  }

  Subscribe.Entry entry() {
    return new Subscribe.Entry(filter.text(), options);
  }
}
