package io.culvert.broker.bus;

import java.util.concurrent.atomic.LongAdder;

/** What the event-bus API has counted since the start, on all event loops. */
final class BusCounters {
  private final LongAdder delivered = new LongAdder();
  private final LongAdder redelivered = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final LongAdder givenUp = new LongAdder();
  private final LongAdder leasesEnded = new LongAdder();
  private final LongAdder bridgedIn = new LongAdder();
  private final LongAdder bridgeRefused = new LongAdder();
  private final LongAdder bridgeLoops = new LongAdder();

  void countDelivery() {
    delivered.increment();
  }

  void countRedelivery() {
    redelivered.increment();
  }

  void countDropped() {
    dropped.increment();
  }

  void countGivenUp() {
    givenUp.increment();
  }

  void countLeaseEnded() {
    leasesEnded.increment();
  }

  void countBridgedIn() {
    bridgedIn.increment();
  }

  void countBridgeRefused() {
    bridgeRefused.increment();
  }

  void countBridgeLoop() {
    bridgeLoops.increment();
  }

  /** Requests to subscribers, repetitions included. */
  long delivered() {
    return delivered.sum();
  }

  /** Messages that a subscriber has not acknowledged and that were put off. */
  long redelivered() {
    return redelivered.sum();
  }

  /** Messages of QoS 0 that a subscriber did not get because too many were unanswered. */
  long dropped() {
    return dropped.sum();
  }

  /** Messages that were given up after as many attempts as their subscriber wanted. */
  long givenUp() {
    return givenUp.sum();
  }

  /** Subscribers that did not renew their lease. */
  long leasesEnded() {
    return leasesEnded.sum();
  }

  /** Messages that bridges have published. */
  long bridgedIn() {
    return bridgedIn.sum();
  }

  /** Messages that came to a bridge's address and could not be published. */
  long bridgeRefused() {
    return bridgeRefused.sum();
  }

  /** Messages that bridges did not carry because they went in circles. */
  long bridgeLoops() {
    return bridgeLoops.sum();
  }
}
