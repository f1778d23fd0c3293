package io.culvert.broker.bus;

import static io.culvert.runtime.metrics.PartMetric.counter;
import static io.culvert.runtime.metrics.PartMetric.gauge;

import io.culvert.runtime.metrics.PartMetric;
import java.util.List;

/** The numbers of the event-bus API, for those who watch. */
public final class BusMetrics {
  public static final List<PartMetric<BusMetrics>> TABLE =
      List.of(
          gauge(
              "culvert.bus.subscriptions",
              "Subscribers on the event bus.",
              bus -> bus.subscribers.count()),
          gauge(
              "culvert.bus.outstanding",
              "Messages from the event bus whose publishers wait for their answer.",
              bus -> bus.publisher.outstanding()),
          gauge(
              "culvert.bus.outstanding.bytes",
              "Bytes of them.",
              bus -> bus.publisher.outstandingBytes()),
          counter(
              "culvert.bus.delivered",
              "Messages that were brought to subscribers on the event bus, repetitions included.",
              bus -> bus.counters.delivered()),
          counter(
              "culvert.bus.redelivered",
              "Messages that a subscriber on the event bus did not acknowledge, and that were put"
                  + " off.",
              bus -> bus.counters.redelivered()),
          counter(
              "culvert.bus.dropped",
              "Messages of QoS 0 that a subscriber on the event bus did not get because too many"
                  + " were unanswered.",
              bus -> bus.counters.dropped()),
          counter(
              "culvert.bus.given.up",
              "Messages that were given up after as many attempts as their subscriber wanted.",
              bus -> bus.counters.givenUp()),
          counter(
              "culvert.bus.leases.ended",
              "Subscribers on the event bus that did not renew their lease.",
              bus -> bus.counters.leasesEnded()),
          counter(
              "culvert.bridge.in",
              "Messages that bridges have published.",
              bus -> bus.counters.bridgedIn()),
          counter(
              "culvert.bridge.refused",
              "Messages that came to a bridge's address and could not be published.",
              bus -> bus.counters.bridgeRefused()),
          counter(
              "culvert.bridge.loops",
              "Messages that bridges did not carry because they went in circles.",
              bus -> bus.counters.bridgeLoops()));

  private final BusCounters counters;
  private final Publisher publisher;
  private final Subscribers subscribers;

  BusMetrics(BusCounters counters, Publisher publisher, Subscribers subscribers) {
    this.counters = counters;
    this.publisher = publisher;
    this.subscribers = subscribers;
  }
}
