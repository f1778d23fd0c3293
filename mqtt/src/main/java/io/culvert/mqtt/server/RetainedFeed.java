package io.culvert.mqtt.server;

import io.culvert.mqtt.session.Delivery;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.topic.RetainedTree;
import org.jspecify.annotations.Nullable;

/** The retained messages that a new subscription brings, one at a time. */
final class RetainedFeed {
  /** Topics looked at in one go: as long as it takes to send a message or two. */
  private static final int STEPS = 32;

  private final RetainedTree.Cursor<Retained.Kept> messages;
  private final Subscription subscription;

  RetainedFeed(RetainedTree.Cursor<Retained.Kept> messages, Subscription subscription) {
    this.messages = messages;
    this.subscription = subscription;
  }

  /** There are no more, or the subscription was ended or replaced meanwhile. */
  @SuppressWarnings("ReferenceEquality") // an equal subscription made later has a feed of its own
  boolean isDone() {
    return messages.isDone()
        || subscription.session().subscription(subscription.filter()) != subscription;
  }

  /** The next one that is still worth something, or null when none was found in one go. */
  @Nullable Delivery next(long nowMillis) {
    Retained.Kept kept = messages.next(STEPS);
    if (kept == null || kept.message().isExpired(nowMillis)) {
      return null;
    }
    Message message = kept.message();
    int identifier = subscription.identifier();
    return Delivery.of(
        message,
        message.qos().min(subscription.options().qos()), // [MQTT5-3.8.4-8]
        true, // [MQTT3-3.3.1-8]
        identifier == 0 ? new int[0] : new int[] {identifier});
  }
}
