package io.culvert.client;

import io.culvert.client.SubscribePackets.Opening;
import io.culvert.mqtt.client.ClientConnection;
import io.culvert.mqtt.client.ClientEvent;
import io.culvert.mqtt.client.ClientSession;
import io.culvert.mqtt.client.RefusedException;
import io.culvert.mqtt.client.ServerTerms;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Subscribe;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The subscriptions of a client, and what they wait for. On the event loop only. */
final class OpenSubscriptions {
  /** As far as the wire format goes. */
  static final int LARGEST_IDENTIFIER = 268_435_455;

  private final ClientLoop loop;
  private final ClientSession session;
  private final Inbox inbox;
  private final boolean mqtt5;
  private final Map<String, Wanted> byFilter = new LinkedHashMap<>();
  private final Map<String, List<Promise<ReasonCode>>> leaving = new HashMap<>();
  private int lastIdentifier;

  /**
   * @param lastIdentifier behind which the Subscription Identifiers begin
   */
  OpenSubscriptions(
      ClientLoop loop, ClientSession session, Inbox inbox, boolean mqtt5, int lastIdentifier) {
    this.loop = loop;
    this.session = session;
    this.inbox = inbox;
    this.mqtt5 = mqtt5;
    this.lastIdentifier = lastIdentifier;
  }

  /**
   * Subscribes in as few packets as can be. Each result is that of the request at its place.
   *
   * @param connection the present one that exchanges messages, or null
   */
  List<Future<Subscription>> subscribe(
      List<HandledRequest> requests, @Nullable ClientConnection connection, long nowMillis) {
    SubscribePackets packets = new SubscribePackets(this::unusedIdentifier);
    List<Opening> all = new ArrayList<>(requests.size());
    for (HandledRequest request : requests) {
      Opening opening = opening(request, packets, connection);
      all.add(opening);
      packets.add(opening);
    }
    for (List<Opening> packet : packets.all()) {
      ask(packet, connection, nowMillis);
    }
    for (Opening opening : all) { // their handlers may do anything
      if (opening.wanted().handles.contains(opening.handle())) {
        opening.handle().start();
      }
    }
    return all.stream().map(opening -> opening.promise().future()).toList();
  }

  Future<Void> close(Subscription handle, @Nullable ClientConnection connection, long nowMillis) {
    String filter = handle.filter();
    Wanted wanted = byFilter.get(filter);
    if (wanted == null || !wanted.handles.remove(handle)) {
      return Future.succeededFuture(); // it has ended already
    }
    boolean last = inbox.remove(handle.receiver());
    Future<Void> left = last ? leave(filter, connection, nowMillis) : Future.succeededFuture();
    MqttClientException why =
        MqttClientException.of(MqttClientFailure.CLOSED, filter + " was closed");
    wanted.leaves(handle).forEach(waiting -> waiting.failed(why));
    handle.ended();
    return left;
  }

  /** All handles of a filter. */
  List<Subscription> handles(String filter) {
    Wanted wanted = byFilter.get(filter);
    return wanted == null ? List.of() : List.copyOf(wanted.handles);
  }

  /** Closes all handles of a filter; without any, ends what an earlier client has left. */
  Future<Void> unsubscribe(String filter, @Nullable ClientConnection connection, long nowMillis) {
    List<Subscription> handles = handles(filter);
    if (!handles.isEmpty()) {
      return Future.join(
              handles.stream().map(handle -> close(handle, connection, nowMillis)).toList())
          .mapEmpty();
    }
    boolean isUnderWay = leaving.containsKey(filter);
    if (connection == null && !isUnderWay) {
      return Future.failedFuture(
          MqttClientException.of(
              MqttClientFailure.UNSUBSCRIBE_REFUSED,
              "this client has no subscription to " + filter + ", and no connection to ask"));
    }
    if (connection != null && !isUnderWay) {
      try {
        int unused = connection.leave(List.of(filter), Properties.EMPTY, nowMillis);
      } catch (RefusedException refused) {
        return Future.failedFuture(MqttClientException.refused(refused));
      }
    }
    return leaving(filter)
        .compose(
            code ->
                code == ReasonCode.NO_SUBSCRIPTION_EXISTED
                    ? Future.failedFuture(notLeft(filter, code, Properties.EMPTY))
                    : Future.succeededFuture());
  }

  void connected(boolean sessionPresent) {
    if (!sessionPresent) {
      List.copyOf(leaving.keySet()).forEach(filter -> left(filter, ReasonCode.SUCCESS));
    }
  }

  void disconnected() {
    byFilter.values().forEach(Wanted::disconnected);
  }

  void subscribed(ClientEvent.Subscribed event) {
    int packetId = event.automatic() ? Wanted.NEXT_CONNECTION : event.packetId();
    for (int i = 0; i < event.entries().size(); i++) {
      Wanted wanted = byFilter.get(event.entries().get(i).filter());
      ReasonCode code = event.reasonCodes().get(i);
      if (wanted == null) {
        continue;
      }
      if (code.isError()) {
        refused(wanted, packetId, code, event.properties());
      } else {
        granted(wanted, packetId, QoS.of(code.value()));
      }
    }
  }

  void unsubscribed(ClientEvent.Unsubscribed event) {
    for (int i = 0; i < event.filters().size(); i++) {
      String filter = event.filters().get(i);
      ReasonCode code = event.reasonCodes().get(i);
      if (session.subscriptions().isLeaving(filter)) {
        continue; // it was subscribed and closed again meanwhile: that answer counts
      }
      if (code.isError()) {
        stays(filter, code, event.properties());
      } else {
        left(filter, code);
      }
    }
  }

  /** The client has ended. */
  void end(MqttClientException why) {
    List<Wanted> all = new ArrayList<>(byFilter.values());
    byFilter.clear();
    for (Wanted wanted : all) {
      wanted.handles.forEach(handle -> inbox.remove(handle.receiver()));
    }
    for (Wanted wanted : all) {
      wanted.everybody().forEach(waiting -> waiting.failed(why));
      List.copyOf(wanted.handles).forEach(Subscription::ended);
    }
    List.copyOf(leaving.keySet()).forEach(filter -> left(filter, ReasonCode.SUCCESS));
  }

  private Opening opening(
      HandledRequest asked, SubscribePackets packets, @Nullable ClientConnection connection) {
    SubscriptionRequest request = asked.request();
    Wanted wanted = byFilter.get(request.filter());
    if (wanted == null) {
      boolean identified = mqtt5 && hasIdentifiers(connection);
      int identifier = identified ? identifier(request, packets) : 0;
      wanted = new Wanted(request.filter(), identifier);
      byFilter.put(request.filter(), wanted);
    }
    Subscription handle =
        new Subscription(loop, request, wanted.identifier, inbox, asked.handler());
    wanted.handles.add(handle);
    return new Opening(wanted, handle, Promise.promise());
  }

  /** What a closed subscription of the same filter still brings is for the new handle, too. */
  private int identifier(SubscriptionRequest request, SubscribePackets packets) {
    int former = inbox.formerIdentifier(request.filter());
    return former == 0 ? packets.identifier(request.topicFilter()) : former;
  }

  private int unusedIdentifier() {
    do {
      lastIdentifier = lastIdentifier % LARGEST_IDENTIFIER + 1;
    } while (inbox.isInUse(lastIdentifier));
    return lastIdentifier;
  }

  /** Asks for all in one packet; what that cannot carry goes, or is refused, for itself. */
  private void ask(List<Opening> packet, @Nullable ClientConnection connection, long nowMillis) {
    int packetId;
    try {
      packetId = send(packet, connection, nowMillis);
    } catch (RefusedException refused) {
      if (packet.size() == 1) {
        cannotBeAsked(packet.get(0), MqttClientException.refused(refused));
        return;
      }
      int half = packet.size() / 2;
      ask(packet.subList(0, half), connection, nowMillis);
      ask(packet.subList(half, packet.size()), connection, nowMillis);
      return;
    }
    for (Opening opening : packet) {
      Wanted wanted = opening.wanted();
      QoS granted = wanted.granted;
      if (granted != null && isConfirmed(wanted.filter)) {
        opening.handle().granted(granted);
        opening.promise().complete(opening.handle());
      } else {
        wanted.await(opening.handle(), opening.promise(), packetId);
      }
    }
  }

  private int send(List<Opening> packet, @Nullable ClientConnection connection, long nowMillis) {
    int identifier = packet.get(0).wanted().identifier;
    if (connection == null) {
      for (Opening opening : packet) {
        SubscriptionRequest request = opening.handle().request();
        session.subscribe(request.topicFilter(), request.options(), identifier);
        left(request.filter(), ReasonCode.SUCCESS); // no UNSUBSCRIBE of before is sent again
      }
      return Wanted.NEXT_CONNECTION;
    }
    Properties properties =
        identifier == 0 || !hasIdentifiers(connection)
            ? Properties.EMPTY
            : Properties.builder().put(Property.SUBSCRIPTION_IDENTIFIER, identifier).build();
    List<Subscribe.Entry> entries =
        packet.stream()
            .map(o -> new Subscribe.Entry(o.handle().filter(), o.handle().request().options()))
            .toList();
    return connection.subscribe(entries, properties, nowMillis);
  }

  private void cannotBeAsked(Opening opening, MqttClientException why) {
    opening.wanted().handles.remove(opening.handle());
    end(opening.wanted().filter, List.of(opening.handle()));
    if (opening.wanted().handles.isEmpty()) {
      byFilter.remove(opening.wanted().filter, opening.wanted());
    }
    opening.promise().fail(why); // nobody listens yet
  }

  private boolean isConfirmed(String filter) {
    io.culvert.mqtt.client.Subscription known = session.subscriptions().find(filter);
    return known != null && known.confirmed();
  }

  private Future<Void> leave(String filter, @Nullable ClientConnection connection, long nowMillis) {
    byFilter.remove(filter);
    if (connection == null) {
      session.unsubscribe(filter); // until the server does that it may send more
      return Future.succeededFuture();
    }
    io.culvert.mqtt.client.Subscription known = session.subscriptions().find(filter);
    if (known == null) {
      inbox.left(filter);
      return Future.succeededFuture();
    }
    try {
      int unused =
          connection.unsubscribe(
              Collections.nCopies(known.count(), filter), Properties.EMPTY, nowMillis);
    } catch (RefusedException refused) {
      return Future.failedFuture(MqttClientException.refused(refused));
    }
    return leaving(filter).mapEmpty();
  }

  /** Completes with what UNSUBACK says. */
  private Future<ReasonCode> leaving(String filter) {
    Promise<ReasonCode> promise = Promise.promise();
    leaving.computeIfAbsent(filter, key -> new ArrayList<>(1)).add(promise);
    return promise.future();
  }

  /** The server does not end the subscription; nobody here wants what it goes on to send. */
  private void stays(String filter, ReasonCode code, Properties properties) {
    MqttClientException why = notLeft(filter, code, properties);
    List<Promise<ReasonCode>> waiting = leaving.remove(filter);
    inbox.left(filter);
    if (waiting != null) {
      waiting.forEach(promise -> Told.fail(promise, why));
    }
  }

  private void left(String filter, ReasonCode code) {
    List<Promise<ReasonCode>> waiting = leaving.remove(filter);
    inbox.left(filter);
    if (waiting != null) {
      waiting.forEach(promise -> Told.complete(promise, code));
    }
  }

  private static MqttClientException notLeft(
      String filter, ReasonCode code, Properties properties) {
    return MqttClientException.said(
        MqttClientFailure.UNSUBSCRIBE_REFUSED,
        "the server has not ended a subscription to " + filter,
        code,
        properties);
  }

  private void granted(Wanted wanted, int packetId, QoS qos) {
    if (isConfirmed(wanted.filter)) { // else something newer is under way
      wanted.granted = qos;
      wanted.handles.forEach(handle -> handle.granted(qos));
    }
    List<Wanted.Waiting> waiting = wanted.answered(packetId);
    waiting.forEach(each -> each.handle().granted(qos));
    waiting.forEach(Wanted.Waiting::granted);
  }

  private void refused(Wanted wanted, int packetId, ReasonCode code, Properties properties) {
    MqttClientException why =
        MqttClientException.said(
            MqttClientFailure.SUBSCRIBE_REFUSED,
            "the server has refused the subscription to " + wanted.filter,
            code,
            properties);
    List<Wanted.Waiting> waiting = wanted.answered(packetId);
    List<Subscription> asked = waiting.stream().map(Wanted.Waiting::handle).toList();
    List<Subscription> ending = new ArrayList<>(asked);
    boolean isGone = session.subscriptions().find(wanted.filter) == null;
    if (isGone) { // the server has it no more, for anybody
      wanted.handles.stream().filter(handle -> !asked.contains(handle)).forEach(ending::add);
    }
    wanted.handles.removeAll(ending);
    if (wanted.handles.isEmpty()) {
      byFilter.remove(wanted.filter, wanted);
    }
    end(wanted.filter, ending);
    waiting.forEach(each -> each.failed(why));
    for (Subscription handle : ending) {
      if (!asked.contains(handle)) {
        handle.failed(why);
      }
      handle.ended();
    }
  }

  private void end(String filter, Collection<Subscription> handles) {
    for (Subscription handle : handles) {
      boolean isLeaving = session.subscriptions().isLeaving(filter);
      if (inbox.remove(handle.receiver()) && !isLeaving) {
        inbox.left(filter);
      }
    }
  }

  /** Whether the server takes them, as far as is known. */
  private static boolean hasIdentifiers(@Nullable ClientConnection connection) {
    ServerTerms terms = connection == null ? null : connection.terms();
    return terms == null || terms.subscriptionIdentifiersAvailable();
  }
}
