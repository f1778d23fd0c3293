package io.culvert.mqtt.server;

import io.culvert.engine.Engine;
import io.culvert.mqtt.session.Delivery;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.topic.Readiness;
import io.culvert.mqtt.topic.SharedGroup;
import io.culvert.mqtt.topic.SharedMember;
import io.culvert.mqtt.topic.TopicTree;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.TopicFilter;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The way of a message to one member of a shared subscription, and on to another one when that one
 * cannot send it any more: its connection or its session has ended, or it has unsubscribed.
 *
 * <p>What a member leaves is taken over by the others in its order, as soon as they can send it,
 * and before newer messages where these can wait behind it. Nothing is taken from a member without
 * connection before another one is ready to send it, so each message is always at exactly one
 * session. QoS 2 that has been sent stays where it is [MQTT5-4.8.2-4].
 */
final class SharedRouting {
  /** Messages that one call hands over, so that others have their turn: about a millisecond. */
  private static final int SLICE = 4000;

  /** Messages that another shard is asked for at a time. */
  private static final int MOST_TAKEN = 64;

  private static final int[] NO_IDENTIFIERS = {};

  private final MemberChoice choice;
  private final Limits limits;
  private final Counters counters;
  private final TopicTree<Subscription> subscriptions;
  private final Routes routes;
  private @Nullable SharedShards shards;

  // What others may take, in the order in which it was left.
  private final Map<TopicFilter, ArrayDeque<Leftovers>> leftovers = new HashMap<>();

  // Where more may be handed over than one call did.
  private final Set<TopicFilter> unfinished = new LinkedHashSet<>();

  SharedRouting(
      Limits limits, Counters counters, TopicTree<Subscription> subscriptions, Routes routes) {
    this.routes = routes;
    this.choice = new MemberChoice(limits.sharedStrategy());
    this.limits = limits;
    this.counters = counters;
    this.subscriptions = subscriptions;
  }

  /** For what members of other shards may take over. */
  void join(SharedShards others) {
    shards = others;
  }

  /** Whether a group has a member, here or in another shard. */
  boolean hasMembers(TopicFilter filter) {
    return subscriptions.group(filter) != null || routes.group(filter) != null;
  }

  // ---- a message

  /** What has to be known of where a message comes from; 0 where that is nothing. */
  int key(@Nullable Session source) {
    return choice.key(source);
  }

  /**
   * Sends a message to a member of a group that has one. Where none can send it at once, it waits
   * at one that has a connection, or else at one that has none.
   *
   * @param key of whose message it is
   * @param publisher held up where the member is slow, or null
   */
  void deliver(
      SharedGroup<Subscription> group,
      Message message,
      int key,
      @Nullable Publisher publisher,
      long nowMillis) {
    if (hasOlder(group, message, nowMillis)
        && waitsBehindOlder(group, message, key, publisher, nowMillis)) {
      return;
    }
    SharedMember<Subscription> chosen = choose(group, message, key);
    if (chosen != null) {
      deliver(chosen.subscription(), message, key, publisher, nowMillis);
    }
  }

  /**
   * As {@link #deliver}, but only where a member can send it at once, and no older message waits;
   * tells whether that was so.
   */
  boolean deliverIfReady(
      SharedGroup<Subscription> group,
      Message message,
      int key,
      @Nullable Publisher publisher,
      long nowMillis) {
    if (hasOlder(group, message, nowMillis)) {
      return false;
    }
    SharedMember<Subscription> ready = choice.ready(group, message, key);
    if (ready != null) {
      deliver(ready.subscription(), message, key, publisher, nowMillis);
    }
    return ready != null;
  }

  /**
   * Whether the member whose turn it is keeps up. A group of which nobody is connected here, but
   * elsewhere, is the business of that shard.
   */
  boolean keepsUp(SharedGroup<Subscription> group) {
    SharedMember<Subscription> next = choice.anyReady(group);
    if (next != null) {
      return next.subscription().session().outgoing().keepsUp();
    }
    SharedShards others = shards;
    return routes.own(group.filter()).connected() == 0
        && others != null
        && others.hasConnected(group.filter());
  }

  /** How badly a message would wait in a group of which no member is ready; 0 is best. */
  int unreadiness(SharedGroup<Subscription> group, Message message, int key) {
    SharedMember<Subscription> waiting = choice.waiting(group, message, key);
    return waiting == null
        ? 0
        : switch (waiting.readiness()) {
          case READY -> 0;
          case BUSY -> 1;
          case AWAY -> 2;
          case FULL -> 3;
        };
  }

  private @Nullable SharedMember<Subscription> choose(
      SharedGroup<Subscription> group, Message message, int key) {
    SharedMember<Subscription> chosen = chooseOnce(group, message, key);
    // Else all stood in wrong lines, and have gone to their own meanwhile.
    return chosen == null ? chooseOnce(group, message, key) : chosen;
  }

  private @Nullable SharedMember<Subscription> chooseOnce(
      SharedGroup<Subscription> group, Message message, int key) {
    SharedMember<Subscription> ready = choice.ready(group, message, key);
    return ready == null ? choice.waiting(group, message, key) : ready;
  }

  /** Whether messages of the group still wait for somebody to take them over. */
  private boolean hasOlder(SharedGroup<Subscription> group, Message message, long nowMillis) {
    if (leftovers.isEmpty() || message.qos() == QoS.AT_MOST_ONCE) {
      return false;
    }
    handOver(group.filter(), nowMillis);
    return leftovers.containsKey(group.filter());
  }

  /** A newer message joins them, if it can. */
  private boolean waitsBehindOlder(
      SharedGroup<Subscription> group,
      Message message,
      int key,
      @Nullable Publisher publisher,
      long nowMillis) {
    ArrayDeque<Leftovers> older = leftovers.get(group.filter());
    Leftovers last = older == null ? null : older.peekLast();
    if (last == null || last.hasEnded()) {
      return false;
    }
    Session at = last.session();
    Subscription subscription = at.subscription(group.filter());
    if (subscription == null
        || MemberChoice.readiness(subscription, message.heldBytes()) != Readiness.AWAY) {
      return false;
    }
    deliver(subscription, message, key, null, nowMillis);
    SharedMember<Subscription> slow = group.first(Readiness.BUSY);
    holdUp(slow == null ? group.first(Readiness.FULL) : slow, publisher, nowMillis);
    return true;
  }

  private void deliver(
      Subscription to, Message message, int key, @Nullable Publisher publisher, long nowMillis) {
    Session session = to.session();
    try {
      Delivery delivery = delivery(to, message, key);
      if (session.isConnected() || session.isDurable() || delivery.qos() == QoS.AT_MOST_ONCE) {
        session.outgoing().deliver(delivery, nowMillis);
      } else {
        setApart(session, delivery, nowMillis);
      }
    } catch (RuntimeException failure) {
      session.fail(failure);
    }
    holdUp(session.outgoing().waiting(), publisher, nowMillis);
  }

  /**
   * As {@link #deliver}, what somebody has left in another shard: where nobody has room, it waits
   * for the group.
   *
   * @param stored until then that shard keeps its record, or null
   */
  void deliverLeft(
      SharedGroup<Subscription> group,
      Message message,
      int key,
      @Nullable Awaited stored,
      long nowMillis) {
    SharedMember<Subscription> chosen = choose(group, message, key);
    if (chosen != null && chosen.readiness() == Readiness.FULL) {
      Subscription full = chosen.subscription();
      leave(full.session(), delivery(full, message, key), stored, nowMillis);
    } else if (chosen != null) {
      deliver(chosen.subscription(), message, key, null, nowMillis);
    }
  }

  /**
   * A message waits for a session that does not get it now, and others may get it before: from now
   * on, or as soon as one can.
   */
  void setApart(Session session, Delivery delivery, long nowMillis) {
    TopicFilter filter = delivery.sharedFilter();
    if (filter != null) {
      Leftovers waiting = session.outgoing().shares().leftovers(filter);
      session.outgoing().waiting().addApart(delivery, waiting, nowMillis);
      if (!waiting.isOffered()) {
        offer(waiting);
        unfinished.add(filter);
      }
    }
  }

  /** A message whose session has ended before it came goes to another member, if there is one. */
  void redeliver(Session ended, Delivery delivery, long nowMillis) {
    TopicFilter filter = delivery.sharedFilter();
    if (filter != null && hasMembers(filter)) {
      leave(ended, delivery, null, nowMillis);
    } else {
      ended.dropped(DropReason.SESSION_ENDED, 1, nowMillis);
    }
  }

  /** A message waits for its group, at no session. */
  private void leave(Session last, Delivery delivery, @Nullable Awaited stored, long nowMillis) {
    TopicFilter filter = Objects.requireNonNull(delivery.sharedFilter());
    ArrayDeque<Leftovers> older = leftovers.get(filter);
    Leftovers left = older == null ? null : older.peekLast();
    if (left == null || !left.hasEnded()) {
      left = Leftovers.ofNobody(last, filter);
    }
    if (stored == null) {
      left.addQueued(delivery);
    } else {
      stored.more();
      Ledger ledger = last.ledger();
      left.addQueued(delivery, () -> ledger.whenStored(stored::done, ledger.nowMillis()));
    }
    offer(left);
    handOver(filter, nowMillis);
    dropExcess(left, nowMillis);
  }

  private static void holdUp(
      @Nullable SharedMember<Subscription> slow, @Nullable Publisher publisher, long nowMillis) {
    if (slow != null) {
      holdUp(slow.subscription().session().outgoing().waiting(), publisher, nowMillis);
    }
  }

  private static void holdUp(Waiting slow, @Nullable Publisher publisher, long nowMillis) {
    if (publisher != null && slow.isCrowded()) {
      slow.holdUp(publisher, nowMillis);
    }
  }

  private static Delivery delivery(Subscription to, Message message, int key) {
    return Delivery.shared(
        message,
        message.qos().min(to.options().qos()), // [MQTT5-4.8.2-3]
        message.retain() && to.options().retainAsPublished(),
        to.identifier() == 0 ? NO_IDENTIFIERS : new int[] {to.identifier()},
        to.filter(),
        key);
  }

  // ---- what members leave

  boolean hasLeftovers() {
    SharedShards others = shards;
    return !leftovers.isEmpty() || (others != null && others.isAnythingOffered());
  }

  /** A member has come, who may take over what others have left; {@link #timeout} sees to it. */
  void joined(Subscription subscription) {
    subscription.session().outgoing().share(this);
    SharedShards others = shards;
    if (leftovers.containsKey(subscription.filter())
        || (others != null && others.isOffered(subscription.filter()))) {
      unfinished.add(subscription.filter());
    }
  }

  /** A member has gone, or has come or changed in another shard. */
  void membersChanged(TopicFilter filter, long nowMillis) {
    decline(filter);
    if (!leftovers.containsKey(filter)) {
      return;
    }
    if (hasMembers(filter)) {
      unfinished.add(filter);
    } else {
      dissolved(filter, nowMillis);
    }
  }

  /**
   * Without a member here nobody asks for what others have left: they offer it anew to the next.
   */
  private void decline(TopicFilter filter) {
    SharedShards others = shards;
    if (others != null && others.isOffered(filter) && subscriptions.group(filter) == null) {
      others.take(filter, 0);
    }
  }

  /** The connection of a session that lives on has ended. */
  void away(Session session, long nowMillis) {
    for (Leftovers left : session.outgoing().setApart()) {
      if (hasMembers(left.filter())) {
        offer(left);
        handOver(left.filter(), nowMillis);
      }
    }
  }

  /** A session has ended, and its subscriptions are gone; what is not left here dies with it. */
  void ended(Session session, long nowMillis) {
    for (Leftovers left : session.outgoing().setApart()) {
      if (hasMembers(left.filter())) {
        session.outgoing().forget(left);
        left.end();
        offer(left);
        handOver(left.filter(), nowMillis);
        dropExcess(left, nowMillis);
      }
    }
  }

  /**
   * A session has unsubscribed. What nobody else takes over it sends by itself: where all others
   * are in other shards, as soon as it can.
   */
  void unsubscribed(Session session, TopicFilter filter, long nowMillis) {
    SharedGroup<Subscription> group = subscriptions.group(filter);
    session.outgoing().share(this); // it need not have been one in this process
    if (group == null && routes.group(filter) != null) {
      Leftovers left = session.outgoing().shares().leftovers(filter);
      session.outgoing().waiting().setApart(left);
      offer(left);
      handOver(filter, nowMillis);
    } else if (group != null) {
      Leftovers left = new Leftovers(session, filter);
      session.outgoing().waiting().setApart(left);
      boolean more = true;
      while (more && left.size() > 0) {
        more = handOverOne(group, left, true, nowMillis);
      }
      session.outgoing().waiting().rejoin(left);
    }
  }

  /** The last member has gone: what it and others before it have left can reach nobody. */
  private void dissolved(TopicFilter filter, long nowMillis) {
    unfinished.remove(filter);
    ArrayDeque<Leftovers> all = leftovers.remove(filter);
    while (all != null && !all.isEmpty()) {
      Leftovers left = all.remove();
      left.offered(false);
      if (left.hasEnded() && left.size() > 0) {
        left.session().dropped(DropReason.SESSION_ENDED, left.size(), nowMillis);
        left.removeLast(left.size());
      }
    }
  }

  /** A session has come back and sends by itself what it has left. */
  void withdraw(Leftovers left) {
    ArrayDeque<Leftovers> all = leftovers.get(left.filter());
    if (all != null && all.remove(left) && all.isEmpty()) {
      leftovers.remove(left.filter());
    }
  }

  private void offer(Leftovers left) {
    if (!left.isOffered() && left.size() > 0) {
      left.offered(true);
      leftovers.computeIfAbsent(left.filter(), filter -> new ArrayDeque<>(2)).add(left);
    }
  }

  /** Hands over what others have left to members that can send it, as far as there are such. */
  void handOver(TopicFilter filter, long nowMillis) {
    unfinished.remove(filter);
    decline(filter);
    SharedGroup<Subscription> group = subscriptions.group(filter);
    if (leftovers.containsKey(filter)) {
      handOver(filter, group, nowMillis);
    }
    SharedShards others = shards;
    if (others != null && leftovers.containsKey(filter)) {
      others.announce(filter);
    } else if (others != null && group != null && others.isOffered(filter)) {
      SharedMember<Subscription> ready = choice.anyReady(group);
      if (ready != null) {
        others.take(filter, Math.min(MOST_TAKEN, ready.subscription().session().outgoing().room()));
      }
    }
  }

  private void handOver(
      TopicFilter filter, @Nullable SharedGroup<Subscription> group, long nowMillis) {
    for (int steps = 0; steps < SLICE; steps++) {
      Leftovers left = firstLeftovers(filter);
      if (left == null || !handOverOne(group, left, left.hasEnded(), nowMillis)) {
        return;
      }
    }
    unfinished.add(filter);
  }

  private @Nullable Leftovers firstLeftovers(TopicFilter filter) {
    ArrayDeque<Leftovers> all = leftovers.get(filter);
    while (all != null) {
      Leftovers left = all.peek();
      if (left == null) {
        leftovers.remove(filter);
        return null;
      }
      if (left.size() > 0) {
        return left;
      }
      all.remove();
      left.offered(false);
      left.session().outgoing().forget(left);
    }
    return null;
  }

  /**
   * Hands over one message.
   *
   * @param letWait whether it may go to a member where it has to wait
   * @return false when nobody takes it
   */
  private boolean handOverOne(
      @Nullable SharedGroup<Subscription> group, Leftovers left, boolean letWait, long nowMillis) {
    Delivery delivery = firstOf(left, nowMillis);
    if (delivery == null) {
      return true;
    }
    Message message = delivery.message();
    int key = delivery.sharedKey();
    SharedMember<Subscription> to = group == null ? null : choice.ready(group, message, key);
    if (to == null && group != null && letWait) {
      to = choice.waitingWithRoom(group, message, key, left.hasEnded());
    }
    if (to != null) {
      Runnable placed = left.take();
      counters.countHandedOver();
      deliver(to.subscription(), message, key, null, nowMillis);
      placed.run();
      return true;
    }
    return group == null && letWait && giveAway(left, message, key);
  }

  /** To another shard, where nobody who is connected would ask for it. */
  private boolean giveAway(Leftovers left, Message message, int key) {
    SharedShards others = shards;
    if (others == null || others.hasConnected(left.filter())) {
      return false;
    }
    boolean isGiven = others.giveAway(left, message, key);
    if (isGiven) {
      counters.countHandedOver();
    }
    return isGiven;
  }

  /** Where the first message is that a member of another shard may get; null when there is none. */
  @Nullable Leftovers leftoversToTake(TopicFilter filter, long nowMillis) {
    for (Leftovers left = firstLeftovers(filter); left != null; left = firstLeftovers(filter)) {
      if (firstOf(left, nowMillis) != null) {
        return left;
      }
    }
    return null;
  }

  /** The first one that is still worth something; null when that was none, and it is gone. */
  private static @Nullable Delivery firstOf(Leftovers left, long nowMillis) {
    Delivery delivery = left.peek();
    if (delivery == null) { // acknowledged on its last connection's last breath
      left.remove();
      return null;
    }
    if (!delivery.message().isExpired(nowMillis)) {
      return delivery;
    }
    if (left.isStarted()) {
      left.keep(); // its session sends it again, nobody else any more
    } else {
      left.remove();
      left.session().dropped(DropReason.EXPIRED, 1, nowMillis); // [MQTT5-3.3.2-5]
    }
    return null;
  }

  /** No more waits for a group without a session than a session itself could have left. */
  private void dropExcess(Leftovers newest, long nowMillis) {
    int most = limits.inFlight() + limits.queueMessages();
    int all = 0;
    for (Leftovers left : leftovers.getOrDefault(newest.filter(), new ArrayDeque<>(0))) {
      all += left.hasEnded() ? left.size() : 0;
    }
    int excess = Math.min(all - most, newest.size());
    if (excess > 0) {
      newest.removeLast(excess);
      newest.session().dropped(DropReason.QUEUE_FULL, excess, nowMillis);
    }
  }

  // ---- time

  /** When to call {@link #timeout}. */
  long deadlineMillis() {
    return unfinished.isEmpty() ? Engine.NO_DEADLINE : 0;
  }

  /** Goes on with what was too much for one call. */
  void timeout(long nowMillis) {
    if (!unfinished.isEmpty()) {
      List.copyOf(unfinished).forEach(filter -> handOver(filter, nowMillis));
    }
  }
}
