package io.culvert.mqtt.model;

import static io.culvert.mqtt.model.ModelLink.Way;

import io.culvert.mqtt.model.ModelLink.Reply;
import io.culvert.mqtt.model.ModelSession.Due;
import io.culvert.mqtt.model.ModelSession.Flight;
import io.culvert.mqtt.model.ModelSession.RetainedDue;
import io.culvert.mqtt.model.ModelSession.Shared;
import io.culvert.mqtt.model.ModelSession.Sub;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.RetainHandling;
import io.culvert.mqtt.wire.Subscribe;
import io.culvert.mqtt.wire.SubscriptionOptions;
import io.culvert.mqtt.wire.Unsubscribe;
import io.culvert.mqtt.wire.Will;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A server as the standard describes it, made of lists and maps that are searched from front to
 * back. It is told what clients do, and leaves in each {@link ModelLink} and {@link ModelSession}
 * what the server must send; {@link Observer} compares. It shares nothing with the server but the
 * packets' records.
 */
public final class ReferenceModel {
  private static final long NEVER = ModelSession.NEVER;

  private final Settings settings;
  private final Map<String, ModelSession> sessions = new LinkedHashMap<>();
  private final Map<String, Content> retained = new TreeMap<>();
  private final List<Shared> pool = new ArrayList<>();
  private long nowMillis;
  private int assigned;

  /**
   * @param receiveMaximum what the server announces
   * @param inFlight messages that the server sends before the first is acknowledged
   * @param expirySeconds the longest Session Expiry Interval that it grants
   * @param topicAliasMaximum what it announces
   * @param deliversAtRelease whether a QoS 2 message goes on when PUBREL comes, or when it has come
   * @param slackSeconds how much older messages may be for the server, whose time runs by itself
   */
  public record Settings(
      int receiveMaximum,
      int inFlight,
      long expirySeconds,
      int topicAliasMaximum,
      int slackSeconds,
      boolean deliversAtRelease) {}

  public ReferenceModel(Settings settings) {
    this.settings = settings;
  }

  Settings settings() {
    return settings;
  }

  long nowMillis() {
    return nowMillis;
  }

  Map<String, ModelSession> sessions() {
    return sessions;
  }

  /** Messages for shared subscriptions, which any member may get. */
  List<Shared> pool() {
    return pool;
  }

  /** What it would be for a session with one of the subscriptions that it had meanwhile. */
  List<Due> dues(Shared shared, ModelSession session) {
    return shared.dues.getOrDefault(session, List.of());
  }

  @Nullable Content retained(String topic) {
    Content content = retained.get(topic);
    return content == null || content.isExpired(nowMillis) ? null : content;
  }

  /** The topics with a retained message. */
  public List<String> retainedTopics() {
    return List.copyOf(retained.keySet());
  }

  /** The sessions, connected or not. */
  public List<String> clientIds() {
    return List.copyOf(sessions.keySet());
  }

  // ---- CONNECT

  ModelLink connect(Connect connect) {
    ModelLink link = new ModelLink(connect.version());
    link.heardMillis = nowMillis;
    boolean five = link.isMqtt5();
    if (connect.properties().has(Property.AUTHENTICATION_METHOD)) {
      return refuse(link, 0x8c);
    }
    link.assigned = connect.clientId().isEmpty();
    if (link.assigned && !five && !connect.cleanStart()) {
      return refuse(link, 0x85);
    }
    String clientId = link.assigned ? "assigned " + assigned++ : connect.clientId();
    ModelSession session = sessions.get(clientId);
    if (session != null && session.link != null) {
      close(session.link, 0x8e);
    }
    if (session != null && connect.cleanStart()) {
      end(session); // [MQTT5-3.1.2-4]
    }
    session = sessions.get(clientId);
    boolean present = session != null;
    if (session == null) {
      session = new ModelSession(clientId);
      sessions.put(clientId, session);
    }
    session.willAt = NEVER;
    session.endsAt = NEVER;
    session.will = connect.will();
    session.link = link;
    session.flights.forEach(each -> each.sent = false);
    link.session = session;
    link.expiryAskedSeconds =
        five
            ? connect.properties().integer(Property.SESSION_EXPIRY_INTERVAL, 0)
            : connect.cleanStart() ? 0 : 0xffff_ffffL;
    link.expiryGrantedSeconds = Math.min(link.expiryAskedSeconds, settings.expirySeconds);
    session.expirySeconds = link.expiryGrantedSeconds;
    link.receiveMaximum = (int) connect.properties().integer(Property.RECEIVE_MAXIMUM, 65_535);
    link.maximumPacketBytes =
        connect.properties().integer(Property.MAXIMUM_PACKET_SIZE, Long.MAX_VALUE);
    link.keepAliveMillis = connect.keepAliveSeconds() * 1000L;
    link.replies.add(new Reply(PacketType.CONNACK, 0, List.of(List.of(Way.of(0))), present, false));
    return link;
  }

  private static ModelLink refuse(ModelLink link, int code) {
    link.open = false;
    link.expect(PacketType.CONNACK, 0, Way.of(code));
    return link;
  }

  /** Wrong bytes on a new connection. */
  ModelLink refuse(Step.Breaking breaking) {
    ModelLink link = new ModelLink(breaking.version());
    link.open = false;
    if (!breaking.codes().isEmpty()) {
      List<Way> ways =
          breaking.codes().stream().map(code -> new Way(code, Choice.REFUSAL_EXPLAINED)).toList();
      link.replies.add(new Reply(PacketType.CONNACK, 0, List.of(ways), false, true));
    }
    return link;
  }

  // ---- what a connected client sends

  void receive(ModelLink link, MqttPacket packet) {
    ModelSession session = link.session;
    if (!link.open || session == null) {
      return;
    }
    link.heardMillis = nowMillis;
    int id = packet.packetId();
    switch (packet.type()) {
      case PUBLISH -> onPublish(link, session, (Publish) packet);
      case PUBACK -> onPubAck(link, session, id);
      case PUBREC -> onPubRec(link, session, (PubRec) packet);
      case PUBREL -> onPubRel(link, session, id);
      case PUBCOMP -> onPubComp(link, session, id);
      case SUBSCRIBE -> onSubscribe(link, session, (Subscribe) packet);
      case UNSUBSCRIBE -> onUnsubscribe(link, session, (Unsubscribe) packet);
      case PINGREQ -> link.expect(PacketType.PINGRESP, 0);
      case DISCONNECT -> onDisconnect(link, session, (Disconnect) packet);
      default -> throw new IllegalArgumentException(packet.toString());
    }
  }

  /** A violation of the protocol [MQTT5-4.13.1-1]. */
  void violate(ModelLink link, List<Integer> codes) {
    close(link, codes.stream().mapToInt(Integer::intValue).toArray());
  }

  /** The network connection is gone. */
  void lose(ModelLink link) {
    if (link.open) {
      link.close(nowMillis);
      detach(link);
    }
  }

  private void onPublish(ModelLink link, ModelSession session, Publish publish) {
    int id = publish.packetId();
    boolean repeated = publish.qos() == QoS.EXACTLY_ONCE && link.unreleased.contains(id);
    int alias = (int) publish.properties().integer(Property.TOPIC_ALIAS, 0);
    String topic = publish.topic().toString();
    if (link.isMqtt5() && alias > 0) {
      if (alias > settings.topicAliasMaximum) {
        close(link, 0x94); // [MQTT5-3.3.2-9]
        return;
      }
      if (!topic.isEmpty()) {
        link.aliases.put(alias, topic);
      } else if (!link.aliases.containsKey(alias)) {
        close(link, 0x82);
        return;
      }
      topic = link.aliases.get(alias);
    }
    boolean isFull = link.isMqtt5() && link.unreleased.size() >= settings.receiveMaximum;
    if (publish.qos() != QoS.AT_MOST_ONCE && isFull && !repeated) {
      close(link, 0x93); // [MQTT5-3.3.4-7]
      return;
    }
    if (session.received.contains(id) && publish.qos() == QoS.EXACTLY_ONCE) {
      link.unreleased.add(id);
      link.expect(PacketType.PUBREC, id, Way.of(0), Way.of(0x10)); // [MQTT5-4.3.3-10]
      return;
    }
    if (publish.qos() == QoS.AT_LEAST_ONCE && !link.isMqtt5() && !link.unreleased.contains(id)) {
      session.received.remove(id); // the client has forgotten the exchange
    }
    if (session.received.contains(id) && publish.qos() == QoS.AT_LEAST_ONCE) {
      if (link.isMqtt5()) {
        link.expect(PacketType.PUBACK, id, new Way(0x91, Choice.ID_IN_USE_TOLD));
      } else {
        close(link);
      }
      return;
    }
    boolean refused = topic.startsWith("$SYS/") || topic.startsWith("$share/");
    Content content = Content.of(publish, topic, session, nowMillis);
    boolean held = settings.deliversAtRelease && publish.qos() == QoS.EXACTLY_ONCE;
    if (held && !refused) {
      session.held.put(id, content);
    }
    boolean reached = !refused && !held && route(content);
    Way[] ways;
    if (refused) {
      ways =
          new Way[] {
            new Way(0x87, Choice.REFUSED_TOPIC_TOLD), new Way(0, Choice.REFUSED_TOPIC_NOT_TOLD)
          };
    } else if (reached) {
      ways = new Way[] {Way.of(0)};
    } else {
      ways =
          new Way[] {
            new Way(0x10, Choice.NO_SUBSCRIBERS_TOLD), new Way(0, Choice.NO_SUBSCRIBERS_NOT_TOLD)
          };
    }
    if (publish.qos() == QoS.AT_LEAST_ONCE) {
      link.expect(PacketType.PUBACK, id, ways);
    } else if (publish.qos() == QoS.EXACTLY_ONCE) {
      link.expect(PacketType.PUBREC, id, ways);
      if (!refused) {
        session.received.add(id);
        link.unreleased.add(id);
      }
    }
  }

  private void onPubRel(ModelLink link, ModelSession session, int id) {
    boolean known = session.received.remove(id);
    link.unreleased.remove(id);
    Content held = session.held.remove(id);
    if (held != null) {
      route(held);
    }
    if (known) {
      link.expect(PacketType.PUBCOMP, id, Way.of(0)); // [MQTT5-4.3.3-11]
    } else {
      link.expect(
          PacketType.PUBCOMP,
          id,
          new Way(0x92, Choice.KNOWN_PUBLISH_NOT_FOUND),
          new Way(0, Choice.KNOWN_PUBLISH_ASSUMED));
    }
  }

  private void onPubAck(ModelLink link, ModelSession session, int id) {
    Flight flight = session.flight(id);
    if (flight == null || flight.released) {
      return;
    }
    if (flight.due.qos() != 1) {
      close(link, 0x82);
    } else {
      finish(session, flight); // [MQTT5-4.3.2-3]
    }
  }

  private void onPubRec(ModelLink link, ModelSession session, PubRec pubRec) {
    int id = pubRec.packetId();
    Flight flight = session.flight(id);
    if (flight == null) {
      link.expect(
          PacketType.PUBREL,
          id,
          new Way(0x92, Choice.UNKNOWN_PUBREC_TOLD),
          new Way(0, Choice.UNKNOWN_PUBREC_NOT_TOLD));
    } else if (flight.due.qos() != 2) {
      close(link, 0x82);
    } else if (!flight.released && link.isMqtt5() && pubRec.reasonCode().isError()) {
      finish(session, flight); // [MQTT5-4.4.0-2]
    } else {
      flight.released = true; // [MQTT5-4.3.3-6]
      link.expect(PacketType.PUBREL, id, Way.of(0)); // [MQTT5-4.3.3-4]
    }
  }

  private void onPubComp(ModelLink link, ModelSession session, int id) {
    Flight flight = session.flight(id);
    if (flight != null && !flight.released) {
      close(link, 0x82);
    } else if (flight != null) {
      finish(session, flight);
    }
  }

  private static void finish(ModelSession session, Flight flight) {
    session.flights.remove(flight);
    if (flight.shared != null) {
      flight.shared.done = true;
    }
  }

  private void onSubscribe(ModelLink link, ModelSession session, Subscribe subscribe) {
    List<List<Way>> codes = new ArrayList<>();
    int identifier =
        link.isMqtt5()
            ? (int) subscribe.properties().integer(Property.SUBSCRIPTION_IDENTIFIER, 0)
            : 0;
    for (Subscribe.Entry entry : subscribe.entries()) {
      boolean shared = Topics.isShared(entry.filter());
      if (Topics.isValid(entry.filter()) && shared && link.isMqtt5() && entry.options().noLocal()) {
        close(link, 0x82); // [MQTT5-3.8.3-4]
        return;
      }
    }
    for (Subscribe.Entry entry : subscribe.entries()) {
      String filter = entry.filter();
      if (!Topics.isValid(filter)) {
        codes.add(List.of(Way.of(link.isMqtt5() ? 0x8f : 0x80)));
        continue;
      }
      SubscriptionOptions options =
          link.isMqtt5() ? entry.options() : SubscriptionOptions.of(entry.options().qos());
      Sub sub = new Sub(filter, options, identifier);
      Sub old = session.subscriptions.put(filter, sub); // [MQTT5-3.8.4-3]
      session.retainedDue.replaceAll(due -> due.sub() == old ? optional(due) : due);
      boolean sends =
          options.retainHandling() == RetainHandling.SEND
              || (options.retainHandling() == RetainHandling.SEND_IF_NEW && old == null);
      if (sends && !Topics.isShared(filter)) { // [MQTT5-3.3.1-9]
        session.openFeeds.add(sub);
        for (Content content : retained.values()) {
          if (Topics.matches(filter, content.topic()) && !content.isExpired(nowMillis)) {
            session.retainedDue.add(new RetainedDue(sub, content, true));
          }
        }
      }
      for (Shared shared : pool) {
        if (shared.group.equals(filter)) {
          shared.add(session, due(shared.content, List.of(sub)));
        }
      }
      codes.add(List.of(Way.of(options.qos().value())));
    }
    link.replies.add(new Reply(PacketType.SUBACK, subscribe.packetId(), codes, false, false));
  }

  private void onUnsubscribe(ModelLink link, ModelSession session, Unsubscribe unsubscribe) {
    List<List<Way>> codes = new ArrayList<>();
    for (String filter : unsubscribe.filters()) {
      Sub old = session.subscriptions.remove(filter); // [MQTT5-3.10.4-1]
      session.retainedDue.replaceAll(due -> due.sub() == old ? optional(due) : due);
      int code = !Topics.isValid(filter) ? 0x8f : old == null ? 0x11 : 0;
      codes.add(List.of(Way.of(code)));
    }
    link.replies.add(
        new Reply(
            PacketType.UNSUBACK,
            unsubscribe.packetId(),
            link.isMqtt5() ? codes : List.of(),
            false,
            false));
  }

  private static RetainedDue optional(RetainedDue due) {
    return new RetainedDue(due.sub(), due.snapshot(), false);
  }

  private void onDisconnect(ModelLink link, ModelSession session, Disconnect disconnect) {
    if (link.isMqtt5()) {
      long expiry = disconnect.properties().integer(Property.SESSION_EXPIRY_INTERVAL, -1);
      if (expiry > 0 && link.expiryAskedSeconds == 0) {
        close(link, 0x82);
        return;
      }
      if (expiry >= 0) {
        session.expirySeconds = Math.min(expiry, settings.expirySeconds);
      }
    }
    if (!link.isMqtt5() || disconnect.reasonCode() == ReasonCode.SUCCESS) {
      session.will = null; // [MQTT5-3.14.4-3]
    }
    lose(link);
  }

  // ---- the end of a connection and of a session

  /** The server closes, and may say why. */
  private void close(ModelLink link, int... codes) {
    if (!link.open) {
      return;
    }
    link.close(nowMillis);
    if (link.isMqtt5() && codes.length > 0) {
      List<Way> ways = new ArrayList<>();
      for (int code : codes) {
        Choice choice = ways.isEmpty() ? Choice.CLOSE_EXPLAINED : Choice.CLOSE_WITH_OTHER_CODE;
        ways.add(new Way(code, choice));
      }
      link.replies.add(new Reply(PacketType.DISCONNECT, 0, List.of(ways), false, true));
    }
    detach(link);
  }

  private void detach(ModelLink link) {
    ModelSession session = Objects.requireNonNull(link.session);
    session.link = null;
    // A retained message of QoS 0 is lost like any other.
    session.retainedDue.replaceAll(due -> due.qos() == 0 ? optional(due) : due);
    Will will = session.will;
    if (will != null) {
      long delay = will.properties().integer(Property.WILL_DELAY_INTERVAL, 0);
      session.willAt = nowMillis + Math.min(delay, session.expirySeconds) * 1000;
      publishDueWill(session);
    }
    if (session.expirySeconds == 0) {
      end(session); // [MQTT5-4.1.0-2]
    } else if (session.expirySeconds != 0xffff_ffffL) {
      session.endsAt = nowMillis + session.expirySeconds * 1000;
    }
  }

  private void end(ModelSession session) {
    session.willAt = session.will == null ? NEVER : nowMillis;
    publishDueWill(session);
    sessions.remove(session.clientId);
  }

  private void publishDueWill(ModelSession session) {
    Will will = session.will;
    if (will != null && session.willAt <= nowMillis) {
      session.will = null; // [MQTT5-3.1.2-10]
      session.willAt = NEVER;
      route(Content.of(will, session, nowMillis)); // [MQTT5-3.1.2-8]
    }
  }

  /** Time passes; what happens in it happens in the order of its time. */
  void pass(long millis) {
    long end = nowMillis + millis;
    while (true) {
      long next = end;
      for (ModelSession session : sessions.values()) {
        long keepAlive = session.link == null ? NEVER : session.link.deadlineMillis();
        next = Math.min(next, Math.min(keepAlive, Math.min(session.willAt, session.endsAt)));
      }
      nowMillis = Math.max(nowMillis, next);
      boolean changed = false;
      for (ModelSession session : List.copyOf(sessions.values())) {
        if (session.link != null && session.link.deadlineMillis() <= nowMillis) {
          close(session.link, 0x8d); // [MQTT5-3.1.2-22]
          changed = true;
        }
        changed |= session.willAt <= nowMillis || session.endsAt <= nowMillis;
        publishDueWill(session);
        if (session.endsAt <= nowMillis) {
          session.endsAt = NEVER;
          end(session);
        }
      }
      if (!changed && nowMillis >= end) {
        return;
      }
    }
  }

  // ---- the way of a message

  /** Whether anybody has subscribed to it. */
  private boolean route(Content content) {
    if (content.retain()) {
      if (content.payload().isEmpty()) {
        retained.remove(content.topic()); // [MQTT5-3.3.1-6]
      } else {
        retained.put(content.topic(), content); // [MQTT5-3.3.1-5]
      }
    }
    boolean reached = false;
    Map<String, Shared> groups = new LinkedHashMap<>();
    for (ModelSession session : sessions.values()) {
      List<Sub> matching = new ArrayList<>();
      for (Sub sub : session.subscriptions.values()) {
        boolean isOwn = session == content.source() && sub.options().noLocal();
        if (isOwn || !Topics.matches(Topics.inner(sub.filter()), content.topic())) {
          continue; // [MQTT5-3.8.3-3]
        }
        reached = true;
        if (Topics.isShared(sub.filter())) {
          Due due = due(content, List.of(sub));
          Shared shared = groups.computeIfAbsent(sub.filter(), group -> new Shared(group, content));
          shared.add(session, due);
          shared.mayVanish |= due.qos() == 0 && session.link == null;
        } else {
          matching.add(sub);
        }
      }
      if (!matching.isEmpty()) { // overlapping subscriptions bring one copy [MQTT5-3.3.4-2]
        deliver(session, due(content, matching));
      }
    }
    pool.addAll(groups.values());
    return reached;
  }

  private Due due(Content content, List<Sub> subs) {
    int qos = 0;
    boolean retain = false;
    List<Integer> identifiers = new ArrayList<>();
    for (Sub sub : subs) {
      qos = Math.max(qos, Math.min(content.qos(), sub.options().qos().value()));
      retain |= content.retain() && sub.options().retainAsPublished(); // [MQTT5-3.3.1-12]
      if (sub.identifier() > 0) {
        identifiers.add(sub.identifier()); // [MQTT5-3.3.4-4]
      }
    }
    identifiers.sort(null);
    return new Due(content, qos, retain, identifiers, nowMillis);
  }

  private static void deliver(ModelSession session, Due due) {
    if (due.qos() > 0) {
      session.queue.add(due);
    } else if (session.link != null) {
      session.link.fresh.add(due);
    }
  }
}
