package io.culvert.mqtt.server;

import io.culvert.mqtt.session.Delivery;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.topic.RetainedTree;
import org.jspecify.annotations.Nullable;

/** The retained messages that a new subscription brings, one at a time. */
final class RetainedFeed {
  private final RetainedTree.Cursor<Retained.Kept> messages;
  private final Subscription subscription;

  RetainedFeed(RetainedTree.Cursor<Retained.Kept> messages, Subscription subscription) {
    this.messages = messages;
    this.subscription = subscription;
  }

  /** The next one that is still worth something, or null when there are no more. */
  @SuppressWarnings("ReferenceEquality") // an equal subscription made later has a feed of its own
  @Nullable Delivery next(long nowMillis) {
    if (subscription.session().subscription(subscription.filter()) != subscription) {
      return null; // unsubscribed or replaced meanwhile
    }
    Retained.Kept kept = messages.next();
    while (kept != null && kept.message().isExpired(nowMillis)) {
      kept = messages.next();
    }
    if (kept == null) {
      return null;
    }
    Message message = kept.message();
    int identifier = subscription.identifier();
    return Delivery.of(
        message,
        message.qos().min(subscription.options().qos()),
        true, // [MQTT5-3.3.1-8]
        identifier == 0 ? new int[0] : new int[] {identifier});
  }
}
