package io.culvert.mqtt.server;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.session.Delivery;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.topic.SharedGroup;
import io.culvert.mqtt.topic.TopicTree;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.TopicFilter;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Shared groups with members in several shards. The publisher's shard picks one of the shards, by
 * the strategy and by how many connected members they have; that one picks the member. Where it has
 * none that is ready, it passes the message on to the next shard; when all have been asked, the one
 * whose members were least unready gets it.
 */
final class SharedShards {
  /** No shard has a member at which the message could wait. */
  private static final int NONE = 0xff;

  private final SharedStrategy strategy;
  private final SharedRouting own;
  private final TopicTree<Subscription> subscriptions;
  private final Routes routes;
  private final Peers peers;
  private final RemotePublishers publishers;
  private final Ledger ledger;
  private final Confirmations confirmations;
  private final Counters counters;
  private final int self;

  // Which shards know that there is something to take here, and which have something; as bits.
  private final Map<TopicFilter, Long> told = new HashMap<>();
  private final Map<TopicFilter, Long> offers = new HashMap<>();

  SharedShards(
      SharedStrategy strategy,
      SharedRouting own,
      TopicTree<Subscription> subscriptions,
      Routes routes,
      Peers peers,
      RemotePublishers publishers,
      Ledger ledger,
      Confirmations confirmations,
      Counters counters) {
    this.strategy = strategy;
    this.ledger = ledger;
    this.confirmations = confirmations;
    this.counters = counters;
    this.own = own;
    this.subscriptions = subscriptions;
    this.routes = routes;
    this.peers = peers;
    this.publishers = publishers;
    this.self = peers.place().number();
  }

  /**
   * Sends a message to one member of a group that has members in other shards.
   *
   * @param awaited what its acknowledgement waits for; null where it needs none
   */
  void deliver(
      SharedGroup<Routes.Route> group,
      Message message,
      @Nullable Session source,
      @Nullable LocalPublisher publisher,
      @Nullable Awaited awaited,
      long nowMillis) {
    int key = own.key(source);
    int shard = pick(group, message, key);
    Publisher toSlowDown = message.qos() == QoS.AT_MOST_ONCE ? null : publisher;
    if (shard == self) {
      SharedGroup<Subscription> here = subscriptions.group(group.filter());
      if (here != null && own.deliverIfReady(here, message, key, toSlowDown, nowMillis)) {
        return;
      }
      passOn(search(group, key, publisher, toSlowDown), here, message, awaited, nowMillis);
    } else {
      send(shard, search(group, key, publisher, toSlowDown), message, false, awaited);
    }
    for (int i = 0; i < group.size(); i++) {
      peers.slowDown(group.get(i).subscription().peer(), publisher);
    }
  }

  private Search search(
      SharedGroup<Routes.Route> group,
      int key,
      @Nullable LocalPublisher publisher,
      @Nullable Publisher toSlowDown) {
    int name = toSlowDown == null ? 0 : publishers.nameOf(publisher);
    return new Search(false, group.filter(), key, name, self);
  }

  // ---- what members have left

  /**
   * Hands over to another shard a message that nobody can ever send here: the group has no member
   * here, and its session has ended.
   */
  boolean giveAway(Leftovers left, Message message, int key) {
    TopicFilter filter = left.filter();
    SharedGroup<Routes.Route> elsewhere = routes.group(filter);
    if (elsewhere == null) {
      return false;
    }
    sendLeft(pick(elsewhere, message, key), left, message, key, false);
    return true;
  }

  /** The first one of these goes to another shard; its record stays until that has stored it. */
  private void sendLeft(int shard, Leftovers left, Message message, int key, boolean isFinal) {
    Awaited stored = ledger.isDurable() ? new Awaited() : null;
    send(shard, Search.ofLeft(left.filter(), key, self), message, isFinal, stored);
    Runnable removeRecord = left.removeFromMemory();
    if (stored == null) {
      removeRecord.run();
    } else {
      stored.then(now -> removeRecord.run(), ledger.nowMillis());
    }
  }

  /** Some other shard has connected members of a group. */
  boolean hasConnected(TopicFilter filter) {
    SharedGroup<Routes.Route> elsewhere = routes.group(filter);
    for (int i = 0; elsewhere != null && i < elsewhere.size(); i++) {
      if (elsewhere.get(i).subscription().connected() > 0) {
        return true;
      }
    }
    return false;
  }

  /**
   * Tells the shards with connected members that there is something to take. Each of them asks for
   * it when a member is ready, for no more than that can take: so nothing piles up there, and what
   * nobody takes is still here when its own member comes back.
   */
  void announce(TopicFilter filter) {
    SharedGroup<Routes.Route> elsewhere = routes.group(filter);
    for (int i = 0; elsewhere != null && i < elsewhere.size(); i++) {
      Routes.Route route = elsewhere.get(i).subscription();
      long known = told.getOrDefault(filter, 0L);
      if (route.connected() > 0 && (known & 1L << route.peer()) == 0) {
        told.put(filter, known | 1L << route.peer());
        peers.send(route.peer(), new FrameWriter(FrameType.LEFT).filter(filter).done());
      }
    }
  }

  /** Some shard has something to take. */
  boolean isAnythingOffered() {
    return !offers.isEmpty();
  }

  boolean isOffered(TopicFilter filter) {
    return offers.containsKey(filter);
  }

  /** Asks all shards that offer something for as much as a member can send now. */
  void take(TopicFilter filter, int messages) {
    Long shards = offers.remove(filter);
    for (long left = shards == null ? 0 : shards; left != 0; left &= left - 1) {
      Bytes frame = new FrameWriter(FrameType.TAKE).filter(filter).i32(messages).done();
      peers.send(Long.numberOfTrailingZeros(left), frame);
    }
  }

  void onLeft(int peer, FrameReader in, long nowMillis) {
    TopicFilter filter = in.filter();
    offers.merge(filter, 1L << peer, (one, other) -> one | other);
    own.handOver(filter, nowMillis);
  }

  void onTake(int peer, FrameReader in, long nowMillis) {
    TopicFilter filter = in.filter();
    told.computeIfPresent(filter, (key, known) -> minus(known, peer));
    for (int messages = in.i32(); messages > 0; messages--) {
      Leftovers left = own.leftoversToTake(filter, nowMillis);
      Delivery taken = left == null ? null : left.peek();
      if (left == null || taken == null) {
        return;
      }
      counters.countHandedOver();
      sendLeft(peer, left, taken.message(), taken.sharedKey(), true);
    }
    own.handOver(filter, nowMillis); // announces what is left behind what was sent
  }

  private static @Nullable Long minus(long shards, int peer) {
    long left = shards & ~(1L << peer);
    return left == 0 ? null : left;
  }

  // ---- for this shard

  /** A message for this shard's part of a group. */
  void onSharedPublish(int peer, FrameReader in, long nowMillis) {
    long number = in.i64();
    Awaited awaited = number == 0 ? null : new Awaited();
    long changes = ledger.changes();
    boolean isFinal = in.flag();
    Search search = new Search(in.flag(), in.filter(), in.i32(), in.i32(), in.u8());
    search.tried = in.i64();
    search.best = in.u8();
    search.bestShard = in.u8();
    Message message = in.message();
    Spread spread = Spread.readIfAny(in);
    ledger.spread(spread, message);
    SharedGroup<Subscription> here = subscriptions.group(search.filter);
    Publisher toSlowDown = publishers.incoming(search.origin, search.publisher);
    if (isFinal && here != null) {
      deliver(here, search, message, toSlowDown, awaited, nowMillis);
    } else if (isFinal) { // its last member has left meanwhile
      Search anew = new Search(search.isLeft, search.filter, search.key, 0, self);
      passOn(anew, null, message, awaited, nowMillis);
    } else if (here == null
        || !own.deliverIfReady(here, message, search.key, toSlowDown, nowMillis)) {
      passOn(search, here, message, awaited, nowMillis);
    }
    ledger.spreadIsOver();
    if (spread != null) {
      spread.put(ledger, self, Spread.numberOf(search.filter));
    }
    if (awaited != null) {
      if (ledger.changes() != changes) {
        awaited.more();
        ledger.whenStored(awaited::done, nowMillis);
      }
      awaited.then(now -> confirmations.done(peer, number), nowMillis);
    }
  }

  /** Nobody here is ready: to the next shard, or where the message waits best. */
  private void passOn(
      Search search,
      @Nullable SharedGroup<Subscription> here,
      Message message,
      @Nullable Awaited awaited,
      long nowMillis) {
    search.tried |= 1L << self;
    int unreadiness = here == null ? NONE : own.unreadiness(here, message, search.key);
    if (unreadiness < search.best) {
      search.best = unreadiness;
      search.bestShard = self;
    }
    SharedGroup<Routes.Route> elsewhere = routes.group(search.filter);
    for (int i = 0; elsewhere != null && i < elsewhere.size(); i++) {
      int peer = elsewhere.get(i).subscription().peer();
      if ((search.tried & 1L << peer) == 0) {
        send(peer, search, message, false, awaited);
        return;
      }
    }
    if (search.best == NONE) {
      return; // all members have left meanwhile
    }
    if (search.bestShard != self) {
      send(search.bestShard, search, message, true, awaited);
    } else if (here != null) {
      Publisher toSlowDown = publishers.incoming(search.origin, search.publisher);
      deliver(here, search, message, toSlowDown, awaited, nowMillis);
    }
  }

  private void deliver(
      SharedGroup<Subscription> here,
      Search search,
      Message message,
      @Nullable Publisher toSlowDown,
      @Nullable Awaited awaited,
      long nowMillis) {
    if (search.isLeft) {
      own.deliverLeft(here, message, search.key, awaited, nowMillis);
    } else {
      own.deliver(here, message, search.key, toSlowDown, nowMillis);
    }
  }

  private void send(
      int peer, Search search, Message message, boolean isFinal, @Nullable Awaited awaited) {
    long number = awaited == null ? 0 : confirmations.expectNumbered(awaited);
    FrameWriter frame =
        new FrameWriter(FrameType.SHARED_PUBLISH, FrameWriter.bytesOf(message) + 64)
            .i64(number)
            .flag(isFinal)
            .flag(search.isLeft)
            .filter(search.filter)
            .i32(search.key)
            .i32(search.publisher)
            .u8(search.origin)
            .i64(search.tried)
            .u8(search.best)
            .u8(search.bestShard)
            .message(message);
    Spread.write(ledger.spread(message), frame);
    peers.send(peer, frame.done());
  }

  /** A shard of those that have members, by the strategy. */
  private int pick(SharedGroup<Routes.Route> group, Message message, int key) {
    boolean byConnected = count(group, true) > 0;
    int total = count(group, byConnected);
    int place =
        switch (strategy) {
          case ROUND_ROBIN, LEAST_IN_FLIGHT -> turn(group, total);
          case STICKY -> 0;
          case HASH_CLIENT -> MemberChoice.place(key, 0, total);
          case HASH_TOPIC -> MemberChoice.place(message.topic().hashCode(), 0, total);
        };
    int shard = 0;
    for (int passed = count(group, shard, byConnected);
        passed <= place;
        passed += count(group, shard, byConnected)) {
      shard++;
    }
    return shard;
  }

  private static int turn(SharedGroup<Routes.Route> group, int total) {
    int turn = group.turn() % total;
    group.turn(turn + 1);
    return turn;
  }

  private int count(SharedGroup<Routes.Route> group, boolean connected) {
    int total = count(routes.own(group.filter()), connected);
    for (int i = 0; i < group.size(); i++) {
      total += count(group.get(i).subscription(), connected);
    }
    return total;
  }

  private int count(SharedGroup<Routes.Route> group, int shard, boolean connected) {
    if (shard == self) {
      return count(routes.own(group.filter()), connected);
    }
    for (int i = 0; i < group.size(); i++) {
      if (group.get(i).subscription().peer() == shard) {
        return count(group.get(i).subscription(), connected);
      }
    }
    return 0;
  }

  private static int count(Routes.Route route, boolean connected) {
    return connected ? route.connected() : route.count();
  }

  /** How far a message has come that looks for a member. */
  private static final class Search {
    /** Some member had it before: where nobody has room now, it is not dropped. */
    private final boolean isLeft;

    private final TopicFilter filter;
    private final int key;
    private final int publisher;
    private final int origin;
    private long tried;
    private int best = NONE;
    private int bestShard;

    static Search ofLeft(TopicFilter filter, int key, int origin) {
      return new Search(true, filter, key, 0, origin);
    }

    Search(boolean isLeft, TopicFilter filter, int key, int publisher, int origin) {
      this.isLeft = isLeft;
      this.filter = filter;
      this.key = key;
      this.publisher = publisher;
      this.origin = origin;
    }
  }
}
