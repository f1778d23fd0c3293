package io.culvert.client;

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
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The subscriptions of a client, and what they wait for. On the event loop only. */
final class OpenSubscriptions {
  private final ClientLoop loop;
  private final ClientSession session;
  private final Inbox inbox;
  private final boolean mqtt5;
  private final Map<String, Wanted> byFilter = new LinkedHashMap<>();
  private final Map<String, List<Promise<Void>>> leaving = new HashMap<>();
  private int lastIdentifier;

  OpenSubscriptions(ClientLoop loop, ClientSession session, Inbox inbox, boolean mqtt5) {
    this.loop = loop;
    this.session = session;
    this.inbox = inbox;
    this.mqtt5 = mqtt5;
  }

  Future<Subscription> subscribe(
      SubscriptionRequest request,
      @Nullable Handler<ReceivedMessage> handler,
      @Nullable ClientConnection connection,
      long nowMillis) {
    Wanted known = byFilter.get(request.filter());
    Wanted wanted = known == null ? new Wanted(request.filter(), newIdentifier(connection)) : known;
    Subscription handle = new Subscription(loop, request, wanted.identifier, inbox, handler);
    try {
      ask(request, wanted.identifier, connection, nowMillis);
    } catch (RefusedException refused) {
      inbox.remove(handle.receiver());
      return Future.failedFuture(MqttClientException.refused(refused));
    }
    wanted.handles.add(handle);
    byFilter.put(request.filter(), wanted);
    handle.start();
    QoS granted = wanted.granted;
    if (granted != null && !awaitsSubAck(wanted)) {
      handle.granted(granted);
      return Future.succeededFuture(handle);
    }
    Promise<Subscription> promise = Promise.promise();
    wanted.waiting.add(new Wanted.Waiting(handle, promise));
    return promise.future();
  }

  Future<Void> close(Subscription handle, @Nullable ClientConnection connection, long nowMillis) {
    String filter = handle.filter();
    Wanted wanted = byFilter.get(filter);
    if (wanted == null || !wanted.handles.remove(handle)) {
      return Future.succeededFuture(); // it has ended already
    }
    wanted.waiting.removeIf(
        waiting -> {
          boolean own = waiting.handle() == handle;
          if (own) {
            waiting
                .promise()
                .fail(MqttClientException.of(MqttClientFailure.CLOSED, filter + " was closed"));
          }
          return own;
        });
    boolean last = inbox.remove(handle.receiver());
    handle.ended();
    return last ? leave(filter, connection, nowMillis) : Future.succeededFuture();
  }

  /** All handles of a filter. */
  List<Subscription> handles(String filter) {
    Wanted wanted = byFilter.get(filter);
    return wanted == null ? List.of() : List.copyOf(wanted.handles);
  }

  void connected(boolean sessionPresent) {
    if (!sessionPresent) {
      List.copyOf(leaving.keySet()).forEach(this::left);
    }
  }

  void subscribed(ClientEvent.Subscribed event) {
    for (int i = 0; i < event.entries().size(); i++) {
      Wanted wanted = byFilter.get(event.entries().get(i).filter());
      ReasonCode code = event.reasonCodes().get(i);
      if (wanted == null) {
        continue;
      }
      if (code.isError()) {
        refused(wanted, code, event.properties(), event.automatic());
      } else {
        granted(wanted, QoS.of(code.value()));
      }
    }
  }

  void unsubscribed(ClientEvent.Unsubscribed event) {
    for (int i = 0; i < event.filters().size(); i++) {
      String filter = event.filters().get(i);
      ReasonCode code = event.reasonCodes().get(i);
      if (code.isError()) {
        stays(filter, code, event.properties());
      } else {
        left(filter);
      }
    }
  }

  /** The client has ended. */
  void end(MqttClientException why) {
    List<Wanted> all = new ArrayList<>(byFilter.values());
    byFilter.clear();
    for (Wanted wanted : all) {
      wanted.waiting.forEach(waiting -> waiting.promise().tryFail(why));
      for (Subscription handle : wanted.handles) {
        inbox.remove(handle.receiver());
        handle.ended();
      }
    }
    List.copyOf(leaving.keySet()).forEach(this::left);
  }

  private void ask(
      SubscriptionRequest request,
      int identifier,
      @Nullable ClientConnection connection,
      long nowMillis) {
    if (connection == null) {
      session.subscribe(request.topicFilter(), request.options(), identifier);
      return;
    }
    Properties properties =
        identifier == 0 || !hasIdentifiers(connection)
            ? Properties.EMPTY
            : Properties.builder().put(Property.SUBSCRIPTION_IDENTIFIER, identifier).build();
    Subscribe.Entry entry = new Subscribe.Entry(request.filter(), request.options());
    int unused = connection.subscribe(List.of(entry), properties, nowMillis);
  }

  /** Whether the server has yet to answer for the filter, now or on the next connection. */
  private boolean awaitsSubAck(Wanted wanted) {
    io.culvert.mqtt.client.Subscription known = session.subscriptions().find(wanted.filter);
    return known == null || !known.confirmed() || !wanted.waiting.isEmpty();
  }

  private Future<Void> leave(String filter, @Nullable ClientConnection connection, long nowMillis) {
    byFilter.remove(filter);
    if (connection == null) {
      session.unsubscribe(filter);
      inbox.left(filter);
      return Future.succeededFuture();
    }
    io.culvert.mqtt.client.Subscription known = session.subscriptions().find(filter);
    if (known == null) {
      inbox.left(filter);
      return Future.succeededFuture();
    }
    Promise<Void> promise = Promise.promise();
    try {
      int unused =
          connection.unsubscribe(
              Collections.nCopies(known.count(), filter), Properties.EMPTY, nowMillis);
    } catch (RefusedException refused) {
      return Future.failedFuture(MqttClientException.refused(refused));
    }
    leaving.computeIfAbsent(filter, key -> new ArrayList<>(1)).add(promise);
    return promise.future();
  }

  /** The server does not end the subscription; nobody here wants what it goes on to send. */
  private void stays(String filter, ReasonCode code, Properties properties) {
    MqttClientException why =
        MqttClientException.said(
            MqttClientFailure.UNSUBSCRIBE_REFUSED,
            "the server has refused to end the subscription to " + filter,
            code,
            properties);
    List<Promise<Void>> waiting = leaving.remove(filter);
    if (waiting != null) {
      waiting.forEach(promise -> promise.tryFail(why));
    }
    left(filter);
  }

  private void left(String filter) {
    inbox.left(filter);
    List<Promise<Void>> waiting = leaving.remove(filter);
    if (waiting != null) {
      waiting.forEach(Promise::tryComplete);
    }
  }

  private void granted(Wanted wanted, QoS qos) {
    wanted.granted = qos;
    wanted.handles.forEach(handle -> handle.granted(qos));
    List<Wanted.Waiting> waiting = List.copyOf(wanted.waiting);
    wanted.waiting.clear();
    waiting.forEach(each -> each.promise().tryComplete(each.handle()));
  }

  private void refused(Wanted wanted, ReasonCode code, Properties properties, boolean automatic) {
    MqttClientException why =
        MqttClientException.said(
            MqttClientFailure.SUBSCRIBE_REFUSED,
            "the server has refused the subscription to " + wanted.filter,
            code,
            properties);
    List<Wanted.Waiting> waiting = List.copyOf(wanted.waiting);
    wanted.waiting.clear();
    List<Subscription> ending = new ArrayList<>();
    waiting.forEach(each -> ending.add(each.handle()));
    if (automatic) { // the server had it, and has it no more
      wanted.handles.stream().filter(handle -> !ending.contains(handle)).forEach(ending::add);
    }
    wanted.handles.removeAll(ending);
    if (wanted.handles.isEmpty()) {
      byFilter.remove(wanted.filter);
    }
    for (Subscription handle : ending) {
      if (inbox.remove(handle.receiver())) {
        inbox.left(wanted.filter);
      }
    }
    waiting.forEach(each -> each.promise().tryFail(why));
    for (Subscription handle : ending) {
      if (waiting.stream().noneMatch(each -> each.handle() == handle)) {
        handle.failed(why);
      }
      handle.ended();
    }
  }

  /** Each filter has its own, so that overlapping subscriptions can be told apart. */
  private int newIdentifier(@Nullable ClientConnection connection) {
    return mqtt5 && hasIdentifiers(connection) ? ++lastIdentifier : 0;
  }

  /** Whether the server takes them, as far as is known. */
  private static boolean hasIdentifiers(@Nullable ClientConnection connection) {
    ServerTerms terms = connection == null ? null : connection.terms();
    return terms == null || terms.subscriptionIdentifiersAvailable();
  }
}
