package io.culvert.mqtt.server;

import io.culvert.mqtt.topic.FanOut;
import io.culvert.mqtt.topic.TopicTree;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * Which filters have subscriptions in which other shard, so that a message goes only where somebody
 * waits for it. Each shard tells the others of its filters, once per filter; a SUBACK waits until
 * all of them know, so that whoever publishes after it is heard.
 */
final class Routes {
  private final ShardPlace place;
  private final Peers peers;

  // What the others hold.
  private final TopicTree<Route> remote;

  // What this shard holds: subscriptions by filter.
  private final Map<TopicFilter, Integer> own = new HashMap<>();
  private boolean isChanged;
  private long lastSync;
  private final long[] synced;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

  Routes(ShardPlace place, Peers peers, long seed) {
    this.place = place;
    this.peers = peers;
    this.remote = new TopicTree<>(Route::peer, seed);
    this.synced = new long[place.count()];
    synced[place.number()] = Long.MAX_VALUE;
  }

  // ---- of this shard

  void added(TopicFilter filter) {
    if (!place.isAlone()) {
      int count = own.merge(filter, 1, Integer::sum);
      if (count == 1 || filter.isShared()) {
        announce(filter, count);
      }
      isChanged = isChanged || count == 1;
    }
  }

  void removed(TopicFilter filter) {
    if (!place.isAlone()) {
      Integer left = own.computeIfPresent(filter, (key, count) -> count == 1 ? null : count - 1);
      if (left == null || filter.isShared()) {
        announce(filter, left == null ? 0 : left);
      }
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

  void onRoute(int peer, FrameReader in) {
    TopicFilter filter = in.filter();
    Route route = new Route(peer, filter, in.i32());
    if (route.count == 0) {
      remote.remove(filter, route);
    } else {
      remote.put(filter, route);
    }
  }

  void onSync(int peer, FrameReader in) {
    peers.send(peer, new FrameWriter(FrameType.SYNCED).i64(in.i64()).done());
  }

  boolean isEmpty() {
    return remote.size() == 0;
  }

  void match(TopicName topic, FanOut<Route> into) {
    remote.match(topic, into);
  }

  private void announce(TopicFilter filter, int count) {
    peers.sendToAll(new FrameWriter(FrameType.ROUTE).filter(filter).i32(count).done());
  }

  private long knownToAll() {
    long known = Long.MAX_VALUE;
    for (long number : synced) {
      known = Math.min(known, number);
    }
    return known;
  }

  /**
   * Subscriptions of another shard.
   *
   * @param count of a shared group's members there; else any positive number
   */
  record Route(int peer, TopicFilter filter, int count) {}

  private record Waiting(long sync, LongConsumer action) {}
}
