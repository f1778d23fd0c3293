package io.culvert.tcp;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Who is connected. Changed on the event loop only; its view may be read anywhere. */
final class Clients {
  private final Set<TcpPeer> peers = ConcurrentHashMap.newKeySet();
  private final Set<TcpPeer> view = Collections.unmodifiableSet(peers);
  private final Map<String, Integer> perAddress = new HashMap<>();
  private final int maximumPerAddress;

  Clients(int maximumPerAddress) {
    this.maximumPerAddress = maximumPerAddress;
  }

  /** False if its address has as many connections as it may. */
  boolean add(TcpPeer peer) {
    String address = AddressKey.of(peer.remote());
    int connected = perAddress.getOrDefault(address, 0);
    if (connected >= maximumPerAddress) {
      return false;
    }
    perAddress.put(address, connected + 1);
    peers.add(peer);
    return true;
  }

  /** Does nothing for one that was not added. */
  void remove(TcpPeer peer) {
    if (peers.remove(peer)) {
      perAddress.computeIfPresent(
          AddressKey.of(peer.remote()), (address, count) -> count == 1 ? null : count - 1);
    }
  }

  Set<TcpPeer> view() {
    return view;
  }
}
