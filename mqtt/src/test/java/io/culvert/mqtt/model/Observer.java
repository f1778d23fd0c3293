package io.culvert.mqtt.model;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.model.ModelLink.Reply;
import io.culvert.mqtt.model.ModelLink.Way;
import io.culvert.mqtt.model.ModelSession.Due;
import io.culvert.mqtt.model.ModelSession.Flight;
import io.culvert.mqtt.model.ModelSession.RetainedDue;
import io.culvert.mqtt.model.ModelSession.Shared;
import io.culvert.mqtt.model.ModelSession.Sub;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttEncoder;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.PubComp;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.PubRel;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.SubAck;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.mqtt.wire.UnsubAck;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares what a server has sent over one connection with what the model wants. Replies of one
 * kind come in the order of their requests; messages in the order of their publishing; between
 * these any order is good.
 */
final class Observer {
  private final ReferenceModel model;
  private final Set<Choice> choices = EnumSet.noneOf(Choice.class);
  private final List<Problem> problems = new ArrayList<>();
  private long sinceMillis;

  Observer(ReferenceModel model) {
    this.model = model;
  }

  Set<Choice> choices() {
    return choices;
  }

  List<Problem> problems() {
    return problems;
  }

  /** How many packets must come at least: for whoever has to wait for them. */
  int atLeast(ModelLink link) {
    long count = link.replies.stream().filter(reply -> !reply.optional()).count();
    count += link.fresh.stream().filter(due -> fits(link, due)).count();
    ModelSession session = link.session;
    if (link.open && session != null) {
      int room = Math.min(link.receiveMaximum, model.settings().inFlight());
      List<Due> waiting = new ArrayList<>(session.queue);
      waiting.removeIf(due -> !fits(link, due));
      long again = session.flights.stream().filter(each -> fits(link, each.due)).count();
      int first = Math.min(room - session.flights.size(), waiting.size());
      count += Math.min(room, again - session.sentFlights()) + Math.max(0, first);
      long retained =
          session.retainedDue.stream()
              .filter(each -> each.must() && fits(link, due(each, each.snapshot())))
              .count();
      count += Math.max(0, Math.min(room - session.flights.size(), retained));
    }
    return (int) count;
  }

  /** From now on messages are as old as they are at this time. */
  void stepDone() {
    if (problems.isEmpty()) {
      checkPool();
    }
    sinceMillis = model.nowMillis();
  }

  void observe(ModelLink link, List<MqttPacket> packets, boolean closed) {
    boolean expected = problems.isEmpty();
    for (MqttPacket packet : packets) {
      switch (packet.type()) {
        case PUBLISH -> onPublish(link, (Publish) packet);
        case PUBREL -> onPubRel(link, (PubRel) packet);
        default -> onReply(link, packet, closed);
      }
      if (expected && !problems.isEmpty()) {
        return; // the rest follows from it
      }
    }
    if (closed && link.open) {
      problem(link, wanted(link), "close", "");
      return;
    }
    missing(link);
    if (!closed && !link.open) {
      problem(link, "close", "nothing", "");
    }
  }

  // ---- replies

  private void onReply(ModelLink link, MqttPacket packet, boolean closed) {
    Reply reply =
        link.replies.stream().filter(r -> r.type() == packet.type()).findFirst().orElse(null);
    boolean unexpectedEnd = packet instanceof Disconnect && closed && link.open;
    if (reply == null || unexpectedEnd) {
      problem(link, wanted(link), describe(packet) + (closed ? " close" : ""), packet.toString());
      return;
    }
    link.replies.remove(reply);
    if (reply.id() != packet.packetId()) {
      problem(link, reply.describe(), describe(packet) + " of another request", "" + packet);
      return;
    }
    List<Integer> codes = codes(link, packet);
    boolean same = codes.size() == reply.codes().size() || !link.isMqtt5();
    for (int i = 0; same && i < Math.min(codes.size(), reply.codes().size()); i++) {
      int code = codes.get(i);
      Way way =
          reply.codes().get(i).stream().filter(w -> w.code() == code).findFirst().orElse(null);
      same = way != null || !hasCodes(link, packet);
      if (way != null && way.choice() != null && hasCodes(link, packet)) {
        choices.add(way.choice());
      }
    }
    if (packet instanceof ConnAck connAck) {
      same &= connAck.sessionPresent() == reply.sessionPresent();
      checkProperties(link, connAck);
    }
    if (!same) {
      problem(link, reply.describe(), describe(packet), packet.toString());
    }
  }

  private void checkProperties(ModelLink link, ConnAck connAck) {
    Properties properties = connAck.properties();
    if (connAck.reasonCode() != ReasonCode.SUCCESS) {
      return;
    }
    if (link.isMqtt5() && link.assigned != properties.has(Property.ASSIGNED_CLIENT_IDENTIFIER)) {
      problem(link, "Assigned Client Identifier " + link.assigned, "other", connAck.toString());
    }
    if (properties.has(Property.SESSION_EXPIRY_INTERVAL)) {
      choices.add(Choice.SESSION_EXPIRY_LOWERED);
    }
    long granted = properties.integer(Property.SESSION_EXPIRY_INTERVAL, link.expiryAskedSeconds);
    if (link.isMqtt5() && granted != link.expiryGrantedSeconds) {
      problem(link, "Session Expiry Interval as granted", "other", connAck.toString());
    }
  }

  private void missing(ModelLink link) {
    for (Reply reply : link.replies) {
      if (!reply.optional()) {
        problem(link, reply.describe(), "nothing", "");
        return;
      }
      choices.add(reply.type() == PacketType.CONNACK ? Choice.REFUSAL_SILENT : Choice.CLOSE_SILENT);
    }
    link.replies.clear();
    for (Due due : link.fresh) {
      if (fits(link, due) && !link.closedAt(due.sinceMillis())) {
        problem(link, describe(link, due), "nothing", due.toString());
      }
    }
    link.fresh.clear();
    ModelSession session = link.session;
    if (session == null || session.link != link || isFull(link, session)) {
      return;
    }
    for (Flight flight : List.copyOf(session.flights)) {
      if (!flight.sent && (flight.released || fits(link, flight.due))) {
        String what = flight.released ? "PUBREL again" : describe(link, flight.due) + " again";
        problem(link, what, "nothing", flight.id + " " + flight.due);
        return;
      } else if (!flight.sent) {
        session.flights.remove(flight);
      }
    }
    Due due = next(link, session);
    if (due != null && !isExpired(due.content())) {
      problem(link, describe(link, due), "nothing", due.toString());
    }
    for (RetainedDue each : session.retainedDue) {
      Content now = model.retained(each.snapshot().topic());
      boolean isThere = now != null && now.equals(each.snapshot()) && !isExpired(each.snapshot());
      if (each.must() && isThere && fits(link, due(each, each.snapshot()))) {
        String will = each.snapshot().isWill() ? " of a Will" : "";
        problem(link, "PUBLISH retained QoS " + each.qos() + will, "nothing", each.toString());
      }
    }
    session.retainedDue.clear();
    session.openFeeds.clear();
  }

  // ---- messages

  private void onPublish(ModelLink link, Publish publish) {
    ModelSession session = link.session;
    if (session == null) {
      problem(link, "nothing", describe(publish), publish.toString());
    } else if (publish.qos() == QoS.AT_MOST_ONCE) {
      onQos0(link, session, publish);
    } else if (publish.dup()) {
      onRepetition(link, session, publish);
    } else {
      onFirst(link, session, publish);
    }
  }

  private void onQos0(ModelLink link, ModelSession session, Publish publish) {
    for (Due due : link.fresh) {
      if (isThat(link, due, publish)) {
        checkOrder(link, due);
        link.fresh.remove(due);
        return;
      }
    }
    if (retained(link, session, publish) == null && shared(link, session, publish) == null) {
      problem(link, wanted(link), describe(link, publish), publish.toString());
    }
  }

  /** Messages of one publisher to one topic come in the order in which they were published. */
  private void checkOrder(ModelLink link, Due found) {
    for (Due due : link.fresh) {
      if (due == found) {
        return;
      }
      if (due.content().topic().equals(found.content().topic())
          && due.content().source() == found.content().source()
          && fits(link, due)) {
        problem(link, describe(link, due) + " in order", "a later one", found.toString());
      }
    }
  }

  private void onRepetition(ModelLink link, ModelSession session, Publish publish) {
    Flight flight = nextUnsent(link, session);
    if (flight == null
        || flight.released
        || flight.id != publish.packetId()
        || isFullForResend(link, session)
        || !isThat(link, flight.due, publish)) {
      problem(link, wanted(link), describe(link, publish) + " again", publish + " for " + flight);
      return;
    }
    flight.sent = true;
  }

  private void onFirst(ModelLink link, ModelSession session, Publish publish) {
    int id = publish.packetId();
    nextUnsent(link, session); // what is too large to be sent again gives its identifier back
    if (session.flight(id) != null) { // [MQTT5-2.2.1-4]
      problem(link, "a free identifier", "one in use", publish.toString());
      return;
    }
    if (isFull(link, session)) { // [MQTT5-3.3.4-9]
      problem(link, "no more than Receive Maximum", describe(publish), publish.toString());
      return;
    }
    Due due = next(link, session);
    if (due != null && isThat(link, due, publish)) {
      session.queue.remove(due);
      session.flights.add(new Flight(id, due));
      return;
    }
    Due retained = retained(link, session, publish);
    if (retained != null) {
      session.flights.add(new Flight(id, retained));
      return;
    }
    Shared shared = shared(link, session, publish);
    if (shared == null) {
      problem(link, wanted(link), describe(link, publish), publish + " before " + session.queue);
      return;
    }
    Flight flight = new Flight(id, matching(link, session, shared, publish));
    flight.shared = shared;
    session.flights.add(flight);
  }

  /** The message that comes next. Those before it that have expired or are too large are gone. */
  private @Nullable Due next(ModelLink link, ModelSession session) {
    for (Due due : List.copyOf(session.queue)) {
      boolean mayHaveComeInTime = due.sinceMillis() >= sinceMillis;
      if (fits(link, due) && (!isExpired(due.content()) || mayHaveComeInTime)) {
        return due;
      }
      session.queue.remove(due);
    }
    return null;
  }

  // ---- shared subscriptions

  /**
   * A message that this session may get for its group: nobody has got it, or who has got it at QoS
   * 1 is away and has not acknowledged it.
   */
  private @Nullable Shared shared(ModelLink link, ModelSession session, Publish publish) {
    for (Shared shared : model.pool()) {
      if (isFree(shared) && matching(link, session, shared, publish) != null) {
        if (shared.holder != null) {
          shared.holder.flights.removeIf(flight -> flight.shared == shared);
        }
        shared.holder = session;
        // A QoS 2 message goes to nobody else any more [MQTT5-4.8.2-4], [MQTT5-4.8.2-5].
        shared.done |= publish.qos() != QoS.AT_LEAST_ONCE;
        return shared;
      }
    }
    return null;
  }

  private boolean isFree(Shared shared) {
    ModelSession holder = shared.holder;
    return !shared.done
        && (holder == null
            || !model.sessions().containsValue(holder)
            || holder.link == null
            || holder.flights.stream().noneMatch(flight -> flight.shared == shared));
  }

  private @Nullable Due matching(
      ModelLink link, ModelSession session, Shared shared, Publish publish) {
    return model.dues(shared, session).stream()
        .filter(due -> isThat(link, due, publish))
        .findFirst()
        .orElse(null);
  }

  /** When all members could get a message, one of them must have got it. */
  private void checkPool() {
    for (Shared shared : List.copyOf(model.pool())) {
      List<ModelSession> members =
          model.sessions().values().stream()
              .filter(session -> session.subscriptions.containsKey(shared.group))
              .toList();
      boolean ready = members.stream().allMatch(session -> isReady(session, shared));
      boolean lost = shared.holder == null && ready && !shared.mayVanish && !members.isEmpty();
      if (lost && !isExpired(shared.content)) {
        ModelLink link = members.get(0).link;
        String what = "PUBLISH QoS " + shared.content.qos() + " shared";
        problem(link, what, "nothing to anybody in the group", shared.content.toString());
      }
      boolean tooLarge = members.stream().anyMatch(session -> isTooLarge(session, shared));
      shared.mayVanish |= members.isEmpty() || tooLarge || !(ready || waits(shared, members));
      if (shared.done || isExpired(shared.content)) {
        model.pool().remove(shared);
      }
    }
  }

  /** Messages of QoS 0 do not wait for a member that is away. */
  private boolean waits(Shared shared, List<ModelSession> members) {
    return shared.content.qos() > 0
        && members.stream()
            .flatMap(session -> model.dues(shared, session).stream())
            .noneMatch(due -> due.qos() == 0);
  }

  private boolean isReady(ModelSession session, Shared shared) {
    ModelLink link = session.link;
    return link != null
        && !isFull(link, session)
        && session.queue.isEmpty()
        && !isTooLarge(session, shared);
  }

  private boolean isTooLarge(ModelSession session, Shared shared) {
    ModelLink link = session.link;
    return link != null && !model.dues(shared, session).stream().allMatch(due -> fits(link, due));
  }

  private void onPubRel(ModelLink link, PubRel pubRel) {
    int id = pubRel.packetId();
    for (Reply reply : link.replies) {
      if (reply.type() == PacketType.PUBREL && reply.id() == id) {
        onReply(link, pubRel, !link.open);
        return;
      }
    }
    ModelSession session = link.session;
    Flight flight = session == null ? null : nextUnsent(link, session);
    if (flight == null || !flight.released || flight.id != id) { // [MQTT5-4.6.0-4]
      problem(link, wanted(link), "PUBREL", pubRel.toString());
      return;
    }
    flight.sent = true;
  }

  /** What is sent again comes in the order in which it was sent first [MQTT5-4.6.0-1]. */
  private @Nullable Flight nextUnsent(ModelLink link, ModelSession session) {
    for (Flight flight : List.copyOf(session.flights)) {
      if (flight.sent) {
        continue;
      }
      if (flight.released || fits(link, flight.due)) {
        return flight;
      }
      session.flights.remove(flight); // too large for this connection, and so as good as sent
    }
    return null;
  }

  private boolean isFullForResend(ModelLink link, ModelSession session) {
    return session.sentFlights() >= link.receiveMaximum;
  }

  private boolean isFull(ModelLink link, ModelSession session) {
    int most = Math.min(link.receiveMaximum, model.settings().inFlight());
    return session.sentFlights() >= most || session.flights.size() >= model.settings().inFlight();
  }

  // ---- retained messages

  /** A retained message that is due, as it was at the time of SUBSCRIBE or as it is now. */
  private @Nullable Due retained(ModelLink link, ModelSession session, Publish publish) {
    List<RetainedDue> all = new ArrayList<>(session.retainedDue);
    all.sort(Comparator.comparing(each -> !each.must()));
    for (RetainedDue each : all) {
      Content now = model.retained(each.snapshot().topic());
      for (Content content : Arrays.asList(each.snapshot(), now)) {
        if (content != null && isThat(link, due(each, content), publish)) {
          session.retainedDue.remove(each);
          return due(each, content);
        }
      }
    }
    Content now = model.retained(publish.topic().toString());
    for (Sub sub : session.openFeeds) {
      if (now != null && Topics.matches(sub.filter(), now.topic())) {
        Due due = due(new RetainedDue(sub, now, false), now);
        if (isThat(link, due, publish)) {
          choices.add(Choice.RETAINED_MEANWHILE);
          return due;
        }
      }
    }
    return null;
  }

  private static Due due(RetainedDue each, Content content) {
    int identifier = each.sub().identifier();
    return new Due(
        content,
        Math.min(content.qos(), each.sub().options().qos().value()),
        true, // [MQTT5-3.3.1-9]
        identifier == 0 ? List.of() : List.of(identifier),
        content.bornMillis());
  }

  // ---- comparing

  private boolean isThat(ModelLink link, Due due, Publish publish) {
    Content content = due.content();
    if (!content.isOf(publish)
        || due.qos() != publish.qos().value()
        || due.retain() != publish.retain()) {
      return false;
    }
    Properties properties = publish.properties();
    if (!link.isMqtt5()) {
      return properties.isEmpty();
    }
    List<Integer> identifiers =
        Arrays.stream(properties.subscriptionIdentifiers()).sorted().boxed().toList();
    long seconds = properties.integer(Property.MESSAGE_EXPIRY_INTERVAL, -1);
    long most = content.secondsLeft(Math.max(sinceMillis, content.bornMillis()));
    return identifiers.equals(due.identifiers())
        && seconds <= Math.max(most, content.seconds() < 0 ? -1 : 1)
        && seconds >= content.secondsLeft(model.nowMillis()) - model.settings().slackSeconds()
        && Content.forwarded(properties).equals(Content.forwarded(content.properties()));
  }

  private boolean fits(ModelLink link, Due due) {
    if (link.maximumPacketBytes == Long.MAX_VALUE) {
      return true;
    }
    Content content = due.content();
    int[] identifiers = due.identifiers().stream().mapToInt(Integer::intValue).toArray();
    Properties properties =
        identifiers.length == 0
            ? content.properties()
            : content.properties().withSubscriptionIdentifiers(identifiers);
    Publish publish =
        new Publish(
            TopicName.of(content.topic()),
            Bytes.hex(content.payload()),
            QoS.of(due.qos()),
            due.retain(),
            false,
            due.qos() == 0 ? 0 : 1,
            properties);
    return MqttEncoder.size(publish, link.version) <= link.maximumPacketBytes;
  }

  private boolean isExpired(Content content) {
    return content.isExpired(model.nowMillis());
  }

  private static boolean hasCodes(ModelLink link, MqttPacket packet) {
    return link.isMqtt5() || packet instanceof SubAck || packet instanceof ConnAck;
  }

  private static List<Integer> codes(ModelLink link, MqttPacket packet) {
    if (packet instanceof ConnAck p) {
      return List.of(p.reasonCode().value());
    } else if (packet instanceof Disconnect p) {
      return List.of(p.reasonCode().value());
    } else if (packet instanceof PubAck p) {
      return List.of(p.reasonCode().value());
    } else if (packet instanceof PubRec p) {
      return List.of(p.reasonCode().value());
    } else if (packet instanceof PubRel p) {
      return List.of(p.reasonCode().value());
    } else if (packet instanceof PubComp p) {
      return List.of(p.reasonCode().value());
    } else if (packet instanceof SubAck p) {
      return p.reasonCodes().stream().map(ReasonCode::value).toList();
    } else if (packet instanceof UnsubAck p && link.isMqtt5()) {
      return p.reasonCodes().stream().map(ReasonCode::value).toList();
    }
    return List.of();
  }

  private static String wanted(ModelLink link) {
    List<String> replies =
        link.replies.stream().filter(reply -> !reply.optional()).map(Reply::describe).toList();
    return replies.isEmpty() ? (link.open ? "nothing" : "close") : String.join(", ", replies);
  }

  private String describe(ModelLink link, Due due) {
    String text = "PUBLISH QoS " + due.qos() + (due.retain() ? " retain" : "");
    return text
        + (due.content().isWill() ? " of a Will" : "")
        + circumstances(link, due.content().topic());
  }

  private String describe(ModelLink link, MqttPacket packet) {
    return packet instanceof Publish publish
        ? describe(packet) + circumstances(link, publish.topic().toString())
        : describe(packet);
  }

  /** What else is special about a message to this topic. */
  private String circumstances(ModelLink link, String topic) {
    ModelSession session = link.session;
    long plain = 0;
    long shared = 0;
    for (String filter : session == null ? Set.<String>of() : session.subscriptions.keySet()) {
      if (Topics.matches(Topics.inner(filter), topic)) {
        plain += Topics.isShared(filter) ? 0 : 1;
        shared += Topics.isShared(filter) ? 1 : 0;
      }
    }
    return (plain > 1 ? " overlapping" : "")
        + (shared > 0 ? " shared" : "")
        + (session != null && !session.openFeeds.isEmpty() ? " after SUBSCRIBE" : "");
  }

  private static String describe(MqttPacket packet) {
    if (packet instanceof Publish p) {
      return "PUBLISH QoS " + p.qos().value() + (p.retain() ? " retain" : "");
    }
    StringBuilder text = new StringBuilder(packet.type().name());
    codes(new ModelLink(MqttVersion.MQTT_5), packet)
        .forEach(code -> text.append(String.format(" %02x", code)));
    if (packet instanceof ConnAck p && p.sessionPresent()) {
      text.append(" present");
    }
    return text.toString();
  }

  private void problem(ModelLink link, String expected, String actual, String detail) {
    String version = link.isMqtt5() ? " v5" : " v3";
    problems.add(new Problem(link.cause + version, expected, actual, detail));
  }
}
