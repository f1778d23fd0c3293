package io.culvert.tcp;

import static io.culvert.runtime.metrics.PartMetric.counter;
import static io.culvert.runtime.metrics.PartMetric.gauge;

import io.culvert.runtime.metrics.PartMetric;
import java.util.List;

/** The numbers of a TCP message service, for those who watch. */
public final class TcpMetrics {
  public static final List<PartMetric<TcpMetrics>> TABLE =
      List.of(
          gauge(
              "culvert.tcp.connections",
              "Connections of the TCP message service.",
              tcp -> tcp.server.clients().size()),
          gauge(
              "culvert.tcp.received.bytes",
              "Bytes of messages that have not come whole.",
              tcp -> tcp.server.receiveBudget().heldBytes()),
          gauge(
              "culvert.tcp.bus.subscriptions",
              "Subscribers on the event bus to what is published over TCP.",
              tcp -> tcp.feeds.size()),
          counter(
              "culvert.tcp.connections.accepted",
              "Connections that were let in.",
              tcp -> tcp.counters().accepted()),
          counter(
              "culvert.tcp.connections.refused",
              "Connections that were closed at once: too many of an address, or too many failures"
                  + " of it.",
              tcp -> tcp.counters().refused()),
          counter(
              "culvert.tcp.messages.received",
              "Messages that have come.",
              tcp -> tcp.counters().messagesIn()),
          counter(
              "culvert.tcp.messages.sent",
              "Messages that were sent.",
              tcp -> tcp.counters().messagesOut()),
          counter(
              "culvert.tcp.messages.damaged",
              "Messages whose checksum was not that of their body.",
              tcp -> tcp.counters().damaged()),
          counter(
              "culvert.tcp.messages.not.authentic",
              "Messages that a check has refused.",
              tcp -> tcp.counters().notAuthentic()),
          counter(
              "culvert.tcp.violations",
              "Connections that ended because the peer has broken the protocol or was too slow.",
              tcp -> tcp.counters().violations()),
          counter(
              "culvert.tcp.slow.readers",
              "Connections that ended because the queue for the peer was full.",
              tcp -> tcp.counters().slowReaders()),
          counter(
              "culvert.tcp.evicted",
              "Connections that ended because too much had come of messages that were not whole.",
              tcp -> tcp.server.receiveBudget().evicted()),
          counter(
              "culvert.tcp.handler.failures",
              "Handlers that have failed.",
              tcp -> tcp.counters().handlerFailures()),
          counter(
              "culvert.tcp.bus.dropped",
              "Published messages that a subscriber on the event bus had no room for.",
              tcp -> tcp.counters().busDropped()),
          counter(
              "culvert.tcp.bridge.in",
              "Messages that bridges have brought from topics and addresses.",
              tcp -> tcp.counters().bridgedIn()),
          counter(
              "culvert.tcp.bridge.out",
              "Messages that bridges have carried to topics and addresses.",
              tcp -> tcp.counters().bridgedOut()),
          counter(
              "culvert.tcp.bridge.refused",
              "Messages that bridges could not carry there.",
              tcp -> tcp.counters().bridgeRefused()),
          counter(
              "culvert.tcp.bridge.loops",
              "Messages that bridges have not brought because this service had sent them out.",
              tcp -> tcp.counters().bridgeLoops()));

  private final TcpServer server;
  private final Feeds feeds;

  TcpMetrics(TcpServer server, Feeds feeds) {
    this.server = server;
    this.feeds = feeds;
  }

  private TcpCounters counters() {
    return server.counters();
  }
}
