package io.culvert.mqtt.server;

import io.culvert.mqtt.session.HeldBytes;
import io.culvert.mqtt.topic.FanOut;
import io.culvert.mqtt.topic.SharedGroup;
import io.culvert.mqtt.topic.TopicTree;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Which filters have subscriptions in which other shard, so that a message goes only where somebody
 * waits for it. Each shard tells the others of its filters, once per filter; a SUBACK waits until
 * all of them know, so that whoever publishes after it is heard.
 */
final class Routes {
  /** An entry in the table of own filters; the filter itself belongs to a subscription. */
  private static final int OWN_BYTES = 150;

  private final ShardPlace place;
  private final Peers peers;
  private final HeldBytes held;

  // What the others hold.
  private final TopicTree<Route> remote;

  // What this shard holds.
  private final Map<TopicFilter, Route> own = new HashMap<>();
  private boolean isChanged;
  private long lastSync;
  private final long[] synced;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

  Routes(ShardPlace place, Peers peers, HeldBytes held, long seed) {
    this.place = place;
    this.peers = peers;
    this.held = held;
    this.remote = new TopicTree<>(Route::peer, seed, Router.RECENT_TOPICS);
    this.synced = new long[place.count()];
    synced[place.number()] = Long.MAX_VALUE;
  }

  // ---- of this shard

  void added(Subscription subscription) {
    TopicFilter filter = subscription.filter();
    if (!place.isAlone()) {
      Route before = own.get(filter);
      Session session = subscription.session();
      isChanged = isChanged || before == null || (session.isDurable() && before.durable == 0);
      change(filter, 1, session.isConnected() ? 1 : 0, session.isDurable() ? 1 : 0);
    }
  }

  /** As {@link #added}. */
  void removed(Subscription subscription) {
    if (!place.isAlone()) {
      Session session = subscription.session();
      change(
          subscription.filter(), -1, session.isConnected() ? -1 : 0, session.isDurable() ? -1 : 0);
    }
  }

  /** A session with this shared subscription has been connected, or has lost its connection. */
  void connected(TopicFilter filter, boolean isConnected) {
    if (!place.isAlone()) {
      change(filter, 0, isConnected ? 1 : -1, 0);
    }
  }

  /** What this shard holds of a filter. */
  Route own(TopicFilter filter) {
    Route known = own.get(filter);
    return known == null ? new Route(place.number(), filter, 0, 0, 0) : known;
  }

  private void change(TopicFilter filter, int more, int moreConnected, int moreDurable) {
    Route before = own(filter);
    Route after =
        new Route(
            place.number(),
            filter,
            before.count + more,
            before.connected + moreConnected,
            before.durable + moreDurable);
    if (after.count == 0) {
      held.add(own.remove(filter) == null ? 0 : -OWN_BYTES);
    } else {
      held.add(own.put(filter, after) == null ? OWN_BYTES : 0);
    }
    boolean isNews =
        before.count == 0
            || after.count == 0
            || (before.durable == 0) != (after.durable == 0)
            || filter.isShared();
    if (isNews) {
      peers.sendToAll(
          new FrameWriter(FrameType.ROUTE)
              .filter(filter)
              .i32(after.count)
              .i32(after.connected)
              .i32(after.durable)
              .done());
    }
  }

  /** Calls back when all shards know what was added up to now: at once where they do already. */
  void whenKnown(LongConsumer action, long nowMillis) {
    if (isChanged) {
      isChanged = false;
      lastSync++;
      peers.sendToAll(new FrameWriter(FrameType.SYNC).i64(lastSync).done());
    }
    if (place.isAlone() || knownToAll() >= lastSync) {
      action.accept(nowMillis);
    } else {
      waiting.add(new Waiting(lastSync, action));
    }
  }

  void onSynced(int peer, FrameReader in, long nowMillis) {
    synced[peer] = in.i64();
    long known = knownToAll();
    while (!waiting.isEmpty() && waiting.element().sync <= known) {
      waiting.remove().action.accept(nowMillis);
    }
  }

  // ---- of the others

  Route onRoute(int peer, FrameReader in) {
    TopicFilter filter = in.filter();
    Route route = new Route(peer, filter, in.i32(), in.i32(), in.i32());
    if (route.count == 0) {
      held.add(remote.remove(filter, route) == null ? 0 : -Router.heldBytes(filter));
    } else {
      held.add(remote.put(filter, route) == null ? Router.heldBytes(filter) : 0);
    }
    return route;
  }

  void onSync(int peer, FrameReader in) {
    peers.send(peer, new FrameWriter(FrameType.SYNCED).i64(in.i64()).done());
  }

  boolean isEmpty() {
    return remote.size() == 0;
  }

  /** The members of a shared group in other shards, or null. */
  @Nullable SharedGroup<Route> group(TopicFilter filter) {
    return remote.group(filter);
  }

  void match(TopicName topic, FanOut<Route> into) {
    remote.match(topic, into);
  }

  private long knownToAll() {
    long known = Long.MAX_VALUE;
    for (long number : synced) {
      known = Math.min(known, number);
    }
    return known;
  }

  /**
   * What a shard holds of a filter.
   *
   * @param count of subscriptions; what the others know of a plain filter is only whether there are
   *     any
   * @param connected of those; the others know it of shared filters
   * @param durable those of sessions that are; the others know whether there are any
   */
  record Route(int peer, TopicFilter filter, int count, int connected, int durable) {
    boolean isDurable() {
      return durable > 0;
    }
  }

  private record Waiting(long sync, LongConsumer action) {}
}
