package io.culvert.mqtt.server;

import io.culvert.mqtt.session.Delivery;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.topic.RetainedTree;
import org.jspecify.annotations.Nullable;

/** The retained messages that a new subscription brings, one at a time. */
final class RetainedFeed {
  private final RetainedTree.Cursor<Message> messages;
  private final Subscription subscription;

  RetainedFeed(RetainedTree.Cursor<Message> messages, Subscription subscription) {
    this.messages = messages;
    this.subscription = subscription;
  }

  /** The next one that is still worth something, or null when there are no more. */
  @SuppressWarnings("ReferenceEquality") // an equal subscription made later has a feed of its own
  @Nullable Delivery next(long nowMillis) {
    if (subscription.session().subscription(subscription.filter()) != subscription) {
      return null; // unsubscribed or replaced meanwhile
    }
    Message message = messages.next();
    while (message != null && message.isExpired(nowMillis)) {
      message = messages.next();
    }
    if (message == null) {
      return null;
    }
    int identifier = subscription.identifier();
    return Delivery.of(
        message,
        message.qos().min(subscription.options().qos()),
        true, // [MQTT5-3.3.1-8]
        identifier == 0 ? new int[0] : new int[] {identifier});
  }
}
