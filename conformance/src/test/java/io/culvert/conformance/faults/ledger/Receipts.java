package io.culvert.conformance.faults.ledger;

import java.util.BitSet;

/** What one subscriber has received, in its order, and since when and until when it is owed. */
final class Receipts {
  static final long NEVER = Long.MAX_VALUE;

  private final Subscriber subscriber;
  private final IntList deliveries = new IntList();
  private final BitSet seen = new BitSet();
  private long subscribedAt = NEVER;
  private long unsubscribingAt = NEVER;
  private long unsubscribedAt = NEVER;

  Receipts(Subscriber subscriber) {
    this.subscriber = subscriber;
  }

  Receipts withoutDeliveries() {
    Receipts copy = new Receipts(subscriber);
    copy.subscribedAt = subscribedAt;
    copy.unsubscribingAt = unsubscribingAt;
    copy.unsubscribedAt = unsubscribedAt;
    return copy;
  }

  Subscriber subscriber() {
    return subscriber;
  }

  void subscribed(long at) {
    subscribedAt = Math.min(subscribedAt, at);
  }

  void unsubscribing(long at) {
    unsubscribingAt = Math.min(unsubscribingAt, at);
  }

  void unsubscribed(long at) {
    unsubscribedAt = Math.min(unsubscribedAt, at);
  }

  /** Whether it has come for the first time. */
  boolean received(Message message) {
    deliveries.add(message.number());
    boolean first = !seen.get(message.number());
    seen.set(message.number());
    return first;
  }

  boolean hasReceived(Message message) {
    return seen.get(message.number());
  }

  /** The numbers of messages, each as often as it was delivered anew. */
  IntList deliveries() {
    return deliveries;
  }

  /** Whether it must be received, if it matches and was acknowledged then. */
  boolean isOwed(Message message, long acknowledgedAt) {
    return message.sentAt() > subscribedAt && acknowledgedAt < unsubscribingAt;
  }

  boolean isWanted(Message message) {
    return subscriber.matches(message.topic()) && message.sentAt() < unsubscribedAt;
  }
}
