package io.culvert.broker;

import static io.culvert.broker.Metric.counter;
import static io.culvert.broker.Metric.counterBy;
import static io.culvert.broker.Metric.counterOf;
import static io.culvert.broker.Metric.gauge;
import static io.culvert.broker.Metric.ofListeners;
import static io.culvert.runtime.metrics.MetricKind.COUNTER;
import static io.culvert.runtime.metrics.MetricKind.GAUGE;

import io.culvert.broker.Metric.Series;
import io.culvert.mqtt.server.DisconnectCause;
import io.culvert.mqtt.server.DropReason;
import io.culvert.mqtt.server.MemoryRefusal;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Every metric of the broker, in the order of the documentation. What is added here is a metric, a
 * topic below {@code $SYS/culvert} and a line of {@code docs/metrics.md}.
 */
final class BrokerMetrics {
  private static final double MILLIS_PER_SECOND = 1e3;

  private static final List<PacketType> PACKETS = List.of(PacketType.values());
  private static final List<QoS> QOS = List.of(QoS.values());

  /** Limits of the whole broker, each with what is used of it. */
  static final List<Limit> LIMITS =
      List.of(
          new Limit("sessions", r -> r.broker().sessions(), r -> r.limits().sessions()),
          new Limit(
              "retained-messages",
              r -> r.broker().retainedMessages(),
              r -> r.limits().retainedMessages()),
          new Limit(
              "retained-bytes", r -> r.broker().retainedBytes(), r -> r.limits().retainedBytes()),
          new Limit(
              "connecting-bytes", Readings::connectingBytes, r -> r.limits().connectingBytes()),
          new Limit(
              "pending-authentications",
              r -> r.broker().pendingAuthentications(),
              Readings::maximumPending),
          new Limit(
              "waiting-connects", r -> r.broker().waitingConnects(), Readings::maximumWaiting),
          new Limit("node-bytes", r -> r.broker().heldBytes(), r -> r.limits().nodeBytes()));

  private static final List<Metric> OWN =
      List.of(
          ofListeners(
              GAUGE,
              "culvert.connections",
              "Connections that have a socket now.",
              each -> each.counters().open()),
          ofListeners(
              COUNTER,
              "culvert.connections.accepted",
              "Connections that were taken.",
              each -> each.counters().accepted()),
          ofListeners(
              COUNTER,
              "culvert.connections.rejected",
              "Connections closed at once: the listener's `max-connections` was reached, or a"
                  + " WebSocket's request was bad.",
              each -> each.counters().refused()),
          ofListeners(
              COUNTER,
              "culvert.connections.failed",
              "Connections that a mistake of the broker's has ended; the log has it as ERROR.",
              each -> each.counters().failures()),
          ofListeners(
              COUNTER,
              "culvert.connections.unopened",
              "Connections that ended in the TLS handshake or the PROXY protocol's header, or before"
                  + " they were a WebSocket.",
              each -> each.counters().unopened()),
          ofListeners(
              COUNTER,
              "culvert.connections.postponed",
              "How often new connections were left in the kernel for a moment: an event loop was"
                  + " late, or more came than `limits.connects-per-second`.",
              each -> each.counters().pauses()),
          ofListeners(
              COUNTER,
              "culvert.received.bytes",
              "Bytes that came from sockets.",
              each -> each.counters().bytesIn()),
          ofListeners(
              COUNTER,
              "culvert.sent.bytes",
              "Bytes that went to sockets.",
              each -> each.counters().bytesOut()),
          gauge(
              "culvert.clients.connected", "Clients that are let in.", r -> r.broker().connected()),
          counterBy(
              "version",
              List.of(MqttVersion.values()),
              "culvert.connects",
              "Clients that were let in, by the version of MQTT that they speak.",
              r -> r.broker().counters().connects()),
          counterBy(
              "reason",
              errors(PacketType.CONNACK),
              "culvert.connects.refused",
              "Clients that CONNACK has refused, by its reason code's name; not those that broke the"
                  + " protocol.",
              r -> r.broker().counters().refusedConnects()),
          counterBy(
              "cause",
              List.of(DisconnectCause.values()),
              "culvert.connections.ended",
              "Connections that have ended, whether their clients were let in before or not.",
              r -> r.broker().counters().ended()),
          counterBy(
              "reason",
              errors(PacketType.CONNACK, PacketType.DISCONNECT),
              "culvert.violations",
              "Connections closed because their clients broke the protocol, by the reason code's"
                  + " name; the log names the statement of the standard.",
              r -> r.broker().counters().violations()),
          counter(
              "culvert.takeovers",
              "Connections that lost their session to a newer connection of the same client.",
              r -> r.broker().counters().takeovers()),
          counter(
              "culvert.denied",
              "Messages, subscriptions and Wills that clients tried without permission.",
              r -> r.broker().counters().denied()),
          counter(
              "culvert.connects.waited",
              "CONNECTs that had to wait because the event loop was late.",
              r -> r.broker().counters().waited()),
          counter(
              "culvert.connects.postponed",
              "CONNECTs that were refused because the server was busy; MQTT 5 clients were told when"
                  + " to come back.",
              r -> r.broker().counters().turnedAway()),
          counter(
              "culvert.fights",
              "How often clients with one Client Identifier were found to take it from each other.",
              r -> r.broker().counters().fights()),
          counter(
              "culvert.fights.damped",
              "CONNECTs that had to wait, or were refused, because of such a fight.",
              r -> r.broker().counters().damped()),
          gauge(
              "culvert.clients.paused",
              "Clients that are not read now because they have sent faster than they may.",
              r -> r.broker().counters().paused()),
          counter(
              "culvert.clients.pauses",
              "How often a client was not read for a while because of that.",
              r -> r.broker().counters().pauses()),
          counterBy(
              "what",
              List.of(MemoryRefusal.values()),
              "culvert.refused.for.memory",
              "What was refused because clients make the broker hold as much as"
                  + " `limits.node-bytes` allows.",
              r -> r.broker().counters().refusedForMemory()),
          gauge("culvert.sessions", "Sessions, connected or not.", r -> r.broker().sessions()),
          counter(
              "culvert.sessions.expired",
              "Sessions that ended because their client did not come back in time.",
              r -> r.broker().counters().expiredSessions()),
          gauge(
              "culvert.subscriptions",
              "Subscriptions of all sessions.",
              r -> r.broker().subscriptions()),
          gauge(
              "culvert.subscriptions.shared",
              "Those of them that are shared.",
              r -> r.broker().sharedSubscriptions()),
          counterBy(
              "reason",
              errors(PacketType.SUBACK),
              "culvert.subscriptions.refused",
              "Topic Filters that SUBACK has refused.",
              r -> r.broker().counters().refusedSubscriptions()),
          counterBy(
              "qos",
              QOS,
              "culvert.messages.received",
              "Application Messages that clients have published, repetitions not counted.",
              r -> r.broker().counters().receivedByQos()),
          counter(
              "culvert.messages.received.bytes",
              "Bytes of their payloads.",
              r -> r.broker().counters().receivedBytes()),
          counterBy(
              "qos",
              QOS,
              "culvert.messages.sent",
              "Application Messages that were sent to clients, repetitions not counted.",
              r -> r.broker().counters().deliveredByQos()),
          counter(
              "culvert.messages.sent.bytes",
              "Bytes of their payloads.",
              r -> r.broker().counters().deliveredBytes()),
          counterBy(
              "reason",
              List.of(DropReason.values()),
              "culvert.messages.dropped",
              "Messages that did not reach a session that has a subscription for them.",
              r -> r.broker().counters().dropped()),
          counterBy(
              "reason",
              errors(PacketType.PUBACK),
              "culvert.messages.refused",
              "Messages that PUBACK or PUBREC has refused, or that went to nobody for the same reason"
                  + " at QoS 0.",
              r -> r.broker().counters().refusedPublishes()),
          gauge(
              "culvert.messages.queued",
              "QoS 1 and 2 messages that wait for their clients; one that waits for several counts"
                  + " for each.",
              r -> r.broker().counters().queuedMessages()),
          gauge(
              "culvert.messages.queued.bytes",
              "Memory that they hold.",
              r -> r.broker().counters().queuedBytes()),
          gauge(
              "culvert.messages.in.flight",
              "QoS 1 and 2 messages that were sent and are not acknowledged.",
              r -> r.broker().counters().messagesInFlight()),
          counter(
              "culvert.messages.handed.over",
              "Messages that another member of their shared subscription got than was chosen at"
                  + " first.",
              r -> r.broker().counters().handedOver()),
          counter(
              "culvert.publishers.held",
              "How often a publisher was held up because a subscriber was slow.",
              r -> r.broker().counters().held()),
          gauge("culvert.retained", "Retained messages.", r -> r.broker().retainedMessages()),
          gauge(
              "culvert.retained.bytes", "Memory that they hold.", r -> r.broker().retainedBytes()),
          counter(
              "culvert.retained.refused",
              "Messages that were not retained because a limit was reached.",
              r -> r.broker().counters().retainedRefused()),
          packets(
              "culvert.packets.received",
              "MQTT packets that came.",
              (r, type) -> r.broker().packets().received(type)),
          packets(
              "culvert.packets.received.bytes",
              "Bytes of them.",
              (r, type) -> r.broker().packets().receivedBytes(type)),
          packets(
              "culvert.packets.sent",
              "MQTT packets that were sent.",
              (r, type) -> r.broker().packets().sent(type)),
          packets(
              "culvert.packets.sent.bytes",
              "Bytes of them.",
              (r, type) -> r.broker().packets().sentBytes(type)),
          new Metric(
              "culvert.event.loop.delay.seconds",
              GAUGE,
              List.of("event_loop"),
              "How late each event loop was, at most, in the last tenth of a second or two.",
              readings -> loops(readings, loop -> loop.delayMillis() / MILLIS_PER_SECOND)),
          new Metric(
              "culvert.event.loop.guest",
              GAUGE,
              List.of("event_loop"),
              "1 while the thread of another event loop runs this one, because one thread"
                  + " suffices (`event-loops.gather`).",
              readings -> loops(readings, loop -> loop.isGuest() ? 1 : 0)),
          new Metric(
              "culvert.limit",
              GAUGE,
              List.of("limit", "scope"),
              "The limits that are set; `scope` is the listener, or `broker`.",
              readings ->
                  limits(readings, Limit::most, each -> each.options().maximumConnections())),
          new Metric(
              "culvert.limit.use",
              GAUGE,
              List.of("limit", "scope"),
              "What is used of each of them now.",
              readings -> limits(readings, Limit::use, each -> each.counters().open())));

  static final List<Metric> TABLE =
      Stream.concat(OWN.stream(), StoreMetrics.TABLE.stream()).toList();

  private BrokerMetrics() {}

  private static Metric packets(String name, String meaning, Metric.Count<PacketType> count) {
    return counterOf("type", PACKETS, name, meaning, count);
  }

  /** Reason codes of failures that one of these packets may carry. */
  private static List<ReasonCode> errors(PacketType... packets) {
    return Arrays.stream(ReasonCode.values())
        .filter(code -> code.isError() && Arrays.stream(packets).anyMatch(code::allowedIn))
        .toList();
  }

  private static List<Series> loops(Readings readings, ToDoubleFunction<Readings.Loop> value) {
    List<Readings.Loop> loops = readings.loops();
    return IntStream.range(0, loops.size())
        .mapToObj(i -> new Series(List.of(String.valueOf(i)), value.applyAsDouble(loops.get(i))))
        .toList();
  }

  private static List<Series> limits(
      Readings readings,
      Function<Limit, ToDoubleFunction<Readings>> which,
      ToDoubleFunction<Readings.Listener> ofListener) {
    List<Series> all = new ArrayList<>();
    for (Limit limit : LIMITS) {
      all.add(
          new Series(List.of(limit.name, "broker"), which.apply(limit).applyAsDouble(readings)));
    }
    for (Readings.Listener each : readings.listeners()) {
      all.add(
          new Series(
              List.of("max-connections", each.options().uri()), ofListener.applyAsDouble(each)));
    }
    return all;
  }

  /** A setting of the root {@code limits}. */
  record Limit(String name, ToDoubleFunction<Readings> use, ToDoubleFunction<Readings> most) {}
}
