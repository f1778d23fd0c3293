package io.culvert.mqtt.server;

import io.culvert.mqtt.session.Delivery;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.TopicFilter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The retained messages that a new subscription brings, one at a time, from all shards. */
final class RetainedFeed {
  /** Topics looked at in one go: as long as it takes to send a message or two. */
  static final int STEPS = 32;

  private static final int[] NO_IDENTIFIERS = {};

  /** Messages that a subscription gets at once. */
  private static final int BURST = 2000;

  /**
   * Messages in a millisecond after that: a tenth of what a shard can send, so that others hardly
   * notice.
   */
  private static final int PER_MILLI = 250;

  private final List<RetainedSource> sources;
  private final Subscription subscription;
  private Subscription latest;
  private int mayCome = BURST;
  private boolean isOpen;
  private long countedMillis = Long.MAX_VALUE;

  RetainedFeed(List<RetainedSource> sources, Subscription subscription) {
    this.sources = new ArrayList<>(sources);
    this.subscription = subscription;
    this.latest = subscription;
  }

  TopicFilter filter() {
    return subscription.filter();
  }

  /** There are no more, or the subscription was ended meanwhile, or replaced by one with a feed. */
  @SuppressWarnings("ReferenceEquality") // an equal subscription made later has a feed of its own
  boolean isDone() {
    sources.removeIf(RetainedSource::isDone);
    return sources.isEmpty()
        || subscription.session().subscription(subscription.filter()) != latest;
  }

  /**
   * If it is this subscription that was replaced, its messages still come, as those do that wait.
   */
  @SuppressWarnings("ReferenceEquality") // see above
  void replaced(Subscription before, Subscription newer) {
    if (latest == before) {
      latest = newer;
    }
  }

  /** It is the turn of this one among those of its session, perhaps for the first time. */
  void open() {
    if (!isOpen) {
      isOpen = true;
      sources.forEach(RetainedSource::open);
    }
  }

  /** The next one may be sent in this millisecond; else in the next one. */
  boolean mayCome(long nowMillis) {
    if (nowMillis > countedMillis) {
      mayCome = (int) Math.min(BURST, mayCome + (nowMillis - countedMillis) * PER_MILLI);
    }
    countedMillis = nowMillis;
    return mayCome > 0;
  }

  /** There is none now, but there may be more later. */
  boolean isWaiting() {
    for (int i = 0; i < sources.size(); i++) {
      if (!sources.get(i).isWaiting()) {
        return false;
      }
    }
    return true;
  }

  /** The next one that is still worth something, or null when none was found in one go. */
  @Nullable Delivery next(long nowMillis) {
    for (int i = 0; i < sources.size(); i++) {
      if (!sources.get(i).isWaiting()) {
        Message message = sources.get(i).next();
        mayCome -= message == null ? 0 : 1;
        return message == null
                || message.isExpired(nowMillis)
                || !subscription.session().mayReceive(message.topic())
            ? null
            : delivery(message);
      }
    }
    return null;
  }

  /** Nobody wants any more. */
  void close() {
    sources.forEach(RetainedSource::close);
    sources.clear();
  }

  private Delivery delivery(Message message) {
    int identifier = subscription.identifier();
    QoS qos = message.qos().min(subscription.options().qos()); // [MQTT5-3.8.4-8]
    int[] identifiers = identifier == 0 ? NO_IDENTIFIERS : new int[] {identifier};
    return Delivery.single(message, qos, true, identifiers); // [MQTT3-3.3.1-8]
  }
}
