package io.culvert.client;

import io.culvert.mqtt.topic.FanOut;
import io.culvert.mqtt.topic.TopicTree;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicFilter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Spreads received messages over those who want them, and has each acknowledged when all of them
 * have taken it. Pure and single-threaded.
 *
 * <p>Acknowledgements leave in the order of arrival, so one message that waits holds up those of
 * all messages behind it, and in the end the server. When half of what the server may send is held
 * up so, the oldest are answered although they still wait for their receiver, as far as that has
 * room: so a slow receiver does not block the others until its room is used up. Then nothing is
 * lost, but the server waits.
 *
 * <p>A message that nobody wants is held unanswered on a resumed session until somebody comes, and
 * goes to the default receiver if there is one; on a new session it is answered and dropped. So it
 * is where the subscription that it comes from was closed: a server may send what it had for that
 * even behind its UNSUBACK.
 *
 * <p>A QoS 2 message that not all have done with when the connection is lost comes again; then it
 * goes to those who have not taken it yet. The others go on with it as if nothing had happened.
 */
final class Inbox {
  /** What a server had for a subscription when it ended, it sends soon or never. */
  static final int MOST_LEFT = 1024;

  private static final TopicFilter ALL = TopicFilter.parse("#");

  /** Answers the server. */
  @FunctionalInterface
  interface Acknowledger {
    void acknowledge(int packetId, ReasonCode code);
  }

  private final int bufferMessages;
  private final long bufferBytes;
  private final int receiveMaximum;
  private final int pressure;
  private final Map<String, Route> routes = new LinkedHashMap<>();
  private final Map<Integer, List<Route>> byIdentifier = new HashMap<>();
  private final TopicTree<Route> byTopic;
  private final FanOut<Route> matching = new FanOut<>();
  private final Map<String, Route> leaving = new HashMap<>();

  /** Those behind their UNSUBACK, the last ones. */
  private final Map<String, Route> left = new LinkedHashMap<>();

  private final Deque<Arrival> unanswered = new ArrayDeque<>();

  /** QoS 2 messages of an earlier connection, by packet identifier: they come again. */
  private final Map<Integer, Arrival> coming = new LinkedHashMap<>();

  private final Receiver others;

  private @Nullable Acknowledger acknowledger;
  private boolean othersWanted;
  private boolean resumed;
  private boolean comesAgain;
  private boolean takenOver;
  private int epoch;
  private long unwanted;

  /**
   * @param bufferMessages how many messages each receiver may have in memory that the server has
   *     been answered for
   * @param bufferBytes and how many bytes
   * @param receiveMaximum what the server may send without an answer
   * @param seed random, see {@link TopicTree}
   */
  Inbox(int bufferMessages, long bufferBytes, int receiveMaximum, long seed) {
    this.bufferMessages = bufferMessages;
    this.bufferBytes = bufferBytes;
    this.receiveMaximum = receiveMaximum;
    this.pressure = Math.max(1, receiveMaximum / 2);
    this.others = new Receiver(this, ALL, false, null);
    this.byTopic = new TopicTree<>(route -> route, seed);
  }

  // ---- who wants what

  /**
   * Adds one who wants the messages of a filter.
   *
   * @param identifier the Subscription Identifier of the filter, or 0
   */
  Receiver add(TopicFilter filter, int identifier, boolean manual, Receiver.@Nullable Taker taker) {
    Route route = routes.computeIfAbsent(filter.text(), text -> newRoute(filter, identifier));
    leaving.remove(filter.text());
    left.remove(filter.text());
    Receiver receiver = new Receiver(this, filter, manual, taker);
    route.receivers.add(receiver);
    for (Arrival held : others.giveUp(filter)) {
      held.addReceiver(receiver);
      receiver.offer(held);
    }
    receiver.drain();
    return receiver;
  }

  /** Removes one; returns whether nobody is left for its filter. */
  boolean remove(Receiver receiver) {
    String filter = receiver.filter().text();
    Route route = routes.get(filter);
    receiver.close();
    if (route == null || !route.receivers.remove(receiver) || !route.receivers.isEmpty()) {
      return false;
    }
    routes.remove(filter);
    byTopic.remove(route.plain, route);
    List<Route> identified = byIdentifier.get(route.identifier);
    if (identified != null && identified.remove(route) && identified.isEmpty()) {
      byIdentifier.remove(route.identifier);
    }
    leaving.put(filter, route);
    return true;
  }

  /** The server has ended the subscription of a filter that was removed. */
  void left(String filter) {
    Route route = leaving.remove(filter);
    if (route != null) {
      left.put(filter, route);
      forgetFirstBeyond(MOST_LEFT, left);
    }
  }

  /** Who gets what nobody else wants; null for nobody. */
  void others(Receiver.@Nullable Taker taker, boolean manual) {
    othersWanted = taker != null;
    others.manual(manual);
    others.taker(taker);
  }

  Receiver others() {
    return others;
  }

  // ---- what the connection does

  void connected(boolean sessionPresent, Acknowledger current) {
    if (sessionPresent) { // what was not answered comes again
      forEachReceiver(Receiver::forgetUnanswered);
      unanswered.stream().filter(arrival -> !arrival.isAnswered()).forEach(this::comesAgain);
    } else {
      forEachReceiver(Receiver::keepUnanswered);
      unanswered.forEach(Arrival::answered); // there is nobody to tell
      coming.clear();
      takenOver = false;
      leaving.clear();
      left.clear();
    }
    unanswered.clear();
    epoch++;
    comesAgain = false;
    resumed = sessionPresent;
    acknowledger = current;
    forEachReceiver(Receiver::drain);
  }

  void disconnected() {
    acknowledger = null;
    comesAgain = true;
  }

  /** Another client has the session now; {@link #disconnected} follows. */
  void takenOver() {
    takenOver = true;
  }

  /** Copies what it keeps. */
  void received(Publish publish) {
    Arrival arrival = arrival(publish);
    List<Receiver> receivers = wanting(arrival, publish.properties().subscriptionIdentifiers());
    if (receivers.isEmpty() && !arrival.wasTaken()) {
      unwanted++;
    }
    receivers.forEach(arrival::addReceiver);
    receivers.forEach(receiver -> receiver.offer(arrival));
    if (arrival.isSettled()) {
      answer(arrival);
      return;
    }
    if (!arrival.isAnswered()) {
      unanswered.add(arrival);
    }
    receivers.forEach(Receiver::drain);
    if (unanswered.size() >= pressure) {
      answerEarly();
    }
  }

  // ---- what receivers say

  /** A receiver has done with a message. */
  void settled(Arrival arrival, ReasonCode code) {
    if (arrival.settle(code)) {
      answer(arrival);
    }
  }

  /**
   * While there is no connection, an unanswered QoS 2 message must not be handed out: it would come
   * a second time.
   */
  boolean holdsBack(Arrival arrival) {
    return comesAgain
        && !arrival.isAnswered()
        && arrival.epoch == epoch
        && arrival.qos == QoS.EXACTLY_ONCE;
  }

  // ---- queries

  /** Whether a filter has this Subscription Identifier. */
  boolean isInUse(int identifier) {
    return byIdentifier.containsKey(identifier);
  }

  int bufferMessages() {
    return bufferMessages;
  }

  long bufferBytes() {
    return bufferBytes;
  }

  int receiveMaximum() {
    return receiveMaximum;
  }

  /** The Subscription Identifier that a filter had before it was removed, or 0. */
  int formerIdentifier(String filter) {
    Route route = leaving.getOrDefault(filter, left.get(filter));
    return route == null ? 0 : route.identifier;
  }

  /** Messages that were dropped because nobody wanted them. */
  long unwanted() {
    return unwanted;
  }

  /** Messages whose answer the server waits for. */
  int unanswered() {
    forgetAnswered();
    return unanswered.size();
  }

  private Route newRoute(TopicFilter filter, int identifier) {
    Route route = new Route(filter, identifier);
    Route unused = byTopic.put(route.plain, route);
    if (identifier != 0) {
      byIdentifier.computeIfAbsent(identifier, id -> new ArrayList<>(1)).add(route);
    }
    return route;
  }

  /** Messages that are held for those who have taken them, until the server sends them again. */
  private void comesAgain(Arrival arrival) {
    if (arrival.wasTaken()) {
      coming.put(arrival.packetId, arrival);
      forgetFirstBeyond(receiveMaximum, coming); // more the server cannot have sent
    } else {
      arrival.willComeAgain();
    }
  }

  /** After one was added. */
  private static <K> void forgetFirstBeyond(int most, Map<K, ?> map) {
    if (map.size() > most) {
      map.remove(map.keySet().iterator().next());
    }
  }

  /**
   * A new one, or the one of an earlier connection that comes again. Its identifier tells as long
   * as nobody else can have ended its exchange; then only what has DUP set is sent again
   * [MQTT5-3.3.1-1].
   */
  private Arrival arrival(Publish publish) {
    Arrival earlier = coming.isEmpty() ? null : coming.remove(publish.packetId());
    if (earlier == null || !earlier.isAs(publish) || (takenOver && !publish.dup())) {
      return new Arrival(publish, epoch);
    }
    earlier.epoch = epoch;
    return earlier;
  }

  /** Who is to get it now. */
  private List<Receiver> wanting(Arrival arrival, int[] identifiers) {
    boolean named = identifiers.length > 0;
    List<Receiver> receivers = identified(arrival, identifiers);
    if (receivers.isEmpty() && !(named && isOfClosed(arrival, identifiers))) {
      receivers = matching(arrival);
    }
    if (arrival.wasTaken()) {
      return receivers.stream().filter(receiver -> !arrival.wasTakenBy(receiver)).toList();
    }
    boolean mayBeForOthers = receivers.isEmpty() && (othersWanted || resumed);
    boolean isForOthers =
        mayBeForOthers && ((othersWanted && !named) || !isOfClosed(arrival, identifiers));
    return isForOthers ? List.of(others) : receivers;
  }

  /** Those whose identifiers it has. */
  private List<Receiver> identified(Arrival arrival, int[] identifiers) {
    List<Receiver> found = new ArrayList<>(1);
    for (int identifier : identifiers) {
      for (Route route : byIdentifier.getOrDefault(identifier, List.of())) {
        if (route.filter.matches(arrival.topic)) { // not that of an older process
          route.receivers.forEach(receiver -> addOnce(found, receiver));
        }
      }
    }
    return found;
  }

  private static void addOnce(List<Receiver> found, Receiver receiver) {
    if (!found.contains(receiver)) {
      found.add(receiver);
    }
  }

  private List<Receiver> matching(Arrival arrival) {
    List<Receiver> found = new ArrayList<>(1);
    byTopic.match(arrival.topic, matching);
    for (int i = 0; i < matching.size(); i++) {
      found.addAll(matching.get(i).receivers);
    }
    matching.clear();
    return found;
  }

  /**
   * It is the copy for a subscription that was closed. Where it has identifiers, the other
   * subscriptions have copies of their own.
   */
  private boolean isOfClosed(Arrival arrival, int[] identifiers) {
    Predicate<Route> isIts =
        route ->
            route.filter.matches(arrival.topic)
                && (identifiers.length == 0
                    || Arrays.stream(identifiers).anyMatch(id -> id == route.identifier));
    return leaving.values().stream().anyMatch(isIts) || left.values().stream().anyMatch(isIts);
  }

  private void answer(Arrival arrival) {
    if (arrival.isAnswered()) {
      return;
    }
    Acknowledger current = acknowledger;
    if (arrival.epoch != epoch) {
      if (coming.get(arrival.packetId) != arrival) { // else the server is told when it comes again
        arrival.answered(); // of an older connection: there is nobody to tell
      }
    } else if (current != null) {
      arrival.answered();
      current.acknowledge(arrival.packetId, arrival.answer());
      forgetAnswered();
    }
  }

  /** Forgets those in front that are answered. */
  private void forgetAnswered() {
    Arrival first;
    while ((first = unanswered.peek()) != null && first.isAnswered()) {
      unanswered.remove();
    }
  }

  private void answerEarly() {
    forgetAnswered();
    Arrival oldest;
    while (unanswered.size() >= pressure && (oldest = unanswered.peek()) != null) {
      Arrival waiting = oldest;
      boolean canBeKept =
          waiting.onlyWaits() && waiting.waiting.stream().allMatch(r -> r.canKeep(waiting));
      if (!canBeKept || acknowledger == null) {
        return;
      }
      waiting.waiting.forEach(receiver -> receiver.keep(waiting));
      answer(waiting);
    }
  }

  private void forEachReceiver(Consumer<Receiver> action) {
    for (Route route : List.copyOf(routes.values())) {
      List.copyOf(route.receivers).forEach(action);
    }
    action.accept(others);
  }

  /** A filter, and those who want its messages. */
  private static final class Route {
    final TopicFilter filter;

    /** Without a Share Name. */
    final TopicFilter plain;

    final int identifier;
    final List<Receiver> receivers = new ArrayList<>(1);

    Route(TopicFilter filter, int identifier) {
      this.filter = filter;
      this.plain = filter.isShared() ? TopicFilter.parse(filter.levels()) : filter;
      this.identifier = identifier;
    }
  }
}
