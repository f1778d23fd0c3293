package io.culvert.mqtt.client;

import io.culvert.mqtt.client.Standing.Change;
import io.culvert.mqtt.session.OutboundWindow;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Statement;
import io.culvert.mqtt.wire.SubAck;
import io.culvert.mqtt.wire.Subscribe;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.UnsubAck;
import io.culvert.mqtt.wire.Unsubscribe;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** SUBSCRIBE and UNSUBSCRIBE on one connection, until they are answered. */
final class Requests {
  private static final int NOTHING_SENT = 0;

  private final Subscriptions subscriptions;
  private final OutboundWindow window;
  private final Transmitter transmitter;
  private final Deque<ClientEvent> events;
  private final ServerTerms terms;
  private final Map<Integer, Pending> pending = new HashMap<>();

  Requests(
      ClientSession session,
      Transmitter transmitter,
      Deque<ClientEvent> events,
      ServerTerms terms) {
    this.subscriptions = session.subscriptions();
    this.window = session.window;
    this.transmitter = transmitter;
    this.events = events;
    this.terms = terms;
  }

  int subscribe(List<Subscribe.Entry> entries, Properties properties, long nowMillis) {
    needSome(entries); // [MQTT5-3.8.3-2]
    properties.checkAllowedIn(PacketType.SUBSCRIBE);
    int identifier = (int) properties.integer(Property.SUBSCRIPTION_IDENTIFIER, 0);
    List<TopicFilter> filters = new ArrayList<>();
    List<Subscribe.Entry> news = new ArrayList<>();
    for (Subscribe.Entry entry : entries) {
      TopicFilter filter = parse(entry.filter());
      refuseIf(refusal(filter, entry, identifier), entry.filter());
      filters.add(filter);
      if (subscriptions.isNews(entry, identifier)) {
        news.add(entry);
      }
    }
    checkSendable(news.isEmpty() ? null : new Subscribe(1, news, properties), news.size());
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < filters.size(); i++) {
      Change change = subscriptions.add(filters.get(i), entries.get(i), identifier);
      if (change != null) {
        changes.add(change);
      }
    }
    return changes.isEmpty() ? NOTHING_SENT : send(changes, properties, false, nowMillis);
  }

  int unsubscribe(List<String> filters, Properties properties, long nowMillis) {
    needSome(filters); // [MQTT5-3.10.3-2]
    properties.checkAllowedIn(PacketType.UNSUBSCRIBE);
    String unknown = subscriptions.firstUnknown(filters);
    if (unknown != null) {
      throw new RefusedException(Refusal.NO_SUBSCRIPTION, unknown);
    }
    List<String> last = subscriptions.lastOnes(filters);
    checkSendable(last.isEmpty() ? null : new Unsubscribe(1, last, properties), last.size());
    subscriptions.countDown(filters);
    return last.isEmpty() ? NOTHING_SENT : send(last, properties, nowMillis);
  }

  int leave(List<String> filters, Properties properties, long nowMillis) {
    needSome(filters); // [MQTT5-3.10.3-2]
    properties.checkAllowedIn(PacketType.UNSUBSCRIBE);
    for (String filter : filters) {
      TopicFilter parsed = parse(filter);
      if (subscriptions.find(parsed.text()) != null) {
        throw new IllegalArgumentException(filter + " is subscribed: unsubscribe");
      }
    }
    checkSendable(new Unsubscribe(1, filters, properties), filters.size());
    return send(filters, properties, nowMillis);
  }

  /**
   * On a new connection: makes the server's subscriptions what the client wants. Where the server
   * has no Subscription Identifiers they are made without.
   */
  void start(boolean sessionPresent, long nowMillis) {
    List<Change> changes = sessionPresent ? subscriptions.unconfirmed() : subscriptions.afterLoss();
    Map<Integer, List<Change>> byIdentifier = new LinkedHashMap<>();
    for (Change change : changes) {
      int identifier = terms.subscriptionIdentifiersAvailable() ? change.identifier : 0;
      Refusal refusal = refusal(change.filter, change.entry(), identifier);
      if (refusal == null) {
        byIdentifier.computeIfAbsent(identifier, id -> new ArrayList<>()).add(change);
      } else {
        giveUp(change, refusal);
      }
    }
    byIdentifier.forEach((identifier, group) -> resubscribe(identifier, group, nowMillis));
    if (!subscriptions.leaving().isEmpty()) {
      leaveAgain(subscriptions.leaving(), nowMillis);
    }
  }

  void onSubAck(SubAck ack) {
    if (!(pending.get(ack.packetId()) instanceof PendingSubscribe request)) {
      throw violation(Statement.MQTT5_3_8_4_2, "SUBACK for " + ack.packetId());
    }
    List<Change> changes = request.changes();
    if (ack.reasonCodes().size() != changes.size()) {
      throw violation(
          Statement.MQTT5_3_8_4_6,
          "SUBACK with " + ack.reasonCodes().size() + " reason codes for " + changes.size());
    }
    close(ack.packetId());
    List<Subscribe.Entry> entries = new ArrayList<>();
    for (int i = 0; i < changes.size(); i++) {
      Change change = changes.get(i);
      entries.add(change.entry());
      if (ack.reasonCodes().get(i).isError()) {
        subscriptions.refuse(change);
      } else {
        subscriptions.confirm(change);
      }
    }
    events.add(
        new ClientEvent.Subscribed(
            ack.packetId(), entries, ack.reasonCodes(), ack.properties(), request.automatic()));
  }

  void onUnsubAck(UnsubAck ack) {
    if (!(pending.get(ack.packetId()) instanceof PendingUnsubscribe request)) {
      throw violation(Statement.MQTT5_3_10_4_4, "UNSUBACK for " + ack.packetId());
    }
    List<String> filters = request.filters();
    List<ReasonCode> codes =
        transmitter.version().isMqtt5()
            ? ack.reasonCodes()
            : Collections.nCopies(filters.size(), ReasonCode.SUCCESS);
    if (codes.size() != filters.size()) {
      throw violation(
          Statement.MQTT5_3_11_3_1,
          "UNSUBACK with " + codes.size() + " reason codes for " + filters.size());
    }
    close(ack.packetId());
    subscriptions.left(filters, ack.packetId());
    events.add(new ClientEvent.Unsubscribed(ack.packetId(), filters, codes, ack.properties()));
  }

  /** The connection has ended: nothing will be answered. */
  void abandon() {
    pending.keySet().forEach(window::giveBack);
    pending.clear();
  }

  private void close(int packetId) {
    pending.remove(packetId);
    window.giveBack(packetId);
  }

  private int send(List<Change> changes, Properties properties, boolean automatic, long nowMillis) {
    int id = window.reserve();
    pending.put(id, new PendingSubscribe(List.copyOf(changes), automatic));
    List<Subscribe.Entry> entries = changes.stream().map(Change::entry).toList();
    transmitter.send(new Subscribe(id, entries, properties), nowMillis);
    return id;
  }

  private int send(List<String> filters, Properties properties, long nowMillis) {
    int id = window.reserve();
    pending.put(id, new PendingUnsubscribe(List.copyOf(filters)));
    subscriptions.leave(filters, id);
    transmitter.send(new Unsubscribe(id, filters, properties), nowMillis);
    return id;
  }

  /** Sends them in as few packets as the server's limits allow. */
  private void resubscribe(int identifier, List<Change> group, long nowMillis) {
    Properties properties =
        identifier == 0
            ? Properties.EMPTY
            : Properties.EMPTY.with(Property.SUBSCRIPTION_IDENTIFIER, identifier);
    List<Subscribe.Entry> entries = group.stream().map(Change::entry).toList();
    if (!window.hasFreeId()) {
      group.forEach(change -> giveUp(change, Refusal.NO_PACKET_IDENTIFIER));
    } else if (transmitter.fits(new Subscribe(1, entries, properties))) {
      send(group, properties, true, nowMillis);
    } else if (group.size() == 1) {
      giveUp(group.get(0), Refusal.PACKET_TOO_LARGE);
    } else {
      int half = group.size() / 2;
      resubscribe(identifier, group.subList(0, half), nowMillis);
      resubscribe(identifier, group.subList(half, group.size()), nowMillis);
    }
  }

  private void leaveAgain(List<String> filters, long nowMillis) {
    if (!window.hasFreeId()) {
      return;
    }
    if (transmitter.fits(new Unsubscribe(1, filters, Properties.EMPTY))) {
      send(filters, Properties.EMPTY, nowMillis);
    } else if (filters.size() > 1) {
      int half = filters.size() / 2;
      leaveAgain(filters.subList(0, half), nowMillis);
      leaveAgain(filters.subList(half, filters.size()), nowMillis);
    }
  }

  private void giveUp(Change change, Refusal refusal) {
    subscriptions.refuse(change);
    events.add(
        new ClientEvent.Subscribed(
            NOTHING_SENT,
            List.of(change.entry()),
            List.of(refusal.reasonCode()),
            Properties.EMPTY,
            true));
  }

  private @Nullable Refusal refusal(TopicFilter filter, Subscribe.Entry entry, int identifier) {
    if (filter.isShared() && entry.options().noLocal()) {
      throw new IllegalArgumentException("No Local on a shared subscription"); // [MQTT5-3.8.3-4]
    }
    if (filter.isShared() && !terms.sharedSubscriptionAvailable()) {
      return Refusal.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED;
    }
    if (filter.hasWildcard() && !terms.wildcardSubscriptionAvailable()) {
      return Refusal.WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED;
    }
    return identifier != 0 && !terms.subscriptionIdentifiersAvailable()
        ? Refusal.SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED
        : null;
  }

  /** Decides all that can go wrong before anything changes. */
  private void checkSendable(@Nullable MqttPacket packet, int size) {
    if (packet == null) {
      return;
    }
    if (!window.hasFreeId()) {
      throw new RefusedException(Refusal.NO_PACKET_IDENTIFIER, packet.type().name());
    }
    if (!transmitter.fits(packet)) {
      throw new RefusedException(
          Refusal.PACKET_TOO_LARGE, packet.type() + " with " + size + " filters");
    }
  }

  private static TopicFilter parse(String filter) {
    try {
      return TopicFilter.parse(filter);
    } catch (MqttViolation violation) {
      throw new IllegalArgumentException(violation.getMessage(), violation);
    }
  }

  private static void needSome(List<?> list) {
    if (list.isEmpty()) {
      throw new IllegalArgumentException("no Topic Filter");
    }
  }

  private static void refuseIf(@Nullable Refusal refusal, String filter) {
    if (refusal != null) {
      throw new RefusedException(refusal, filter);
    }
  }

  private static MqttViolation violation(Statement statement, String detail) {
    return new MqttViolation(ReasonCode.PROTOCOL_ERROR, statement, detail);
  }

  private sealed interface Pending {}

  private record PendingSubscribe(List<Change> changes, boolean automatic) implements Pending {}

  private record PendingUnsubscribe(List<String> filters) implements Pending {}
}
