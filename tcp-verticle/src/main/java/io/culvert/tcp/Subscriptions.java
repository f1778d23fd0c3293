package io.culvert.tcp;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who has subscribed to what. Changed on the event loop only; its view may be read anywhere. No set
 * in it is empty.
 */
final class Subscriptions {
  private final Map<Object, Set<TcpPeer>> byKey = new ConcurrentHashMap<>();
  private final Map<Object, Set<TcpPeer>> view = Collections.unmodifiableMap(byKey);
  private final int maximumPerPeer;

  Subscriptions(int maximumPerPeer) {
    this.maximumPerPeer = maximumPerPeer;
  }

  /** False if this peer has as many as it may. Twice is as good as once. */
  boolean add(Object key, TcpPeer peer) {
    if (!peer.isOpen()) {
      return true; // it will not miss it
    }
    if (!peer.subscribedTo.contains(key)) {
      if (peer.subscribedTo.size() >= maximumPerPeer) {
        return false;
      }
      peer.subscribedTo.add(key);
      byKey.computeIfAbsent(key, unused -> ConcurrentHashMap.newKeySet()).add(peer);
    }
    return true;
  }

  /** Does nothing where there is no such subscription. */
  void remove(Object key, TcpPeer peer) {
    if (peer.subscribedTo.remove(key)) {
      Set<TcpPeer> peers = byKey.get(key);
      if (peers != null) {
        peers.remove(peer);
        if (peers.isEmpty()) {
          byKey.remove(key);
        }
      }
    }
  }

  void removeAll(TcpPeer peer) {
    List.copyOf(peer.subscribedTo).forEach(key -> remove(key, peer));
  }

  Set<TcpPeer> of(Object key) {
    return byKey.getOrDefault(key, Set.of());
  }

  /** The keys with their peers; the sets in it are not to be changed. */
  Map<Object, Set<TcpPeer>> view() {
    return view;
  }
}
