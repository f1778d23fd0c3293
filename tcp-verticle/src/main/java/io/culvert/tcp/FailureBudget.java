package io.culvert.tcp;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts the failures of addresses within a window of time: who has had too many is closed, and not
 * let in again before the window is over. Keeps a bounded number of addresses, the newest ones.
 * Single-threaded.
 */
final class FailureBudget {
  /** A flood from more addresses than this is no flood of one. */
  private static final int MAXIMUM_ADDRESSES = 10_000;

  private final int perConnection;
  private final int perAddress;
  private final long windowMillis;
  private final Map<String, Count> counts = new LinkedHashMap<>();

  FailureBudget(int perConnection, int perAddress, long windowMillis) {
    this.perConnection = perConnection;
    this.perAddress = perAddress;
    this.windowMillis = windowMillis;
  }

  /** Counts one more failure, for the connection and its address. */
  void count(TcpPeer peer, long nowMillis) {
    String address = AddressKey.of(peer.remote());
    Count count = current(address, nowMillis);
    if (count == null) {
      count = new Count(nowMillis);
      counts.put(address, count);
      if (counts.size() > MAXIMUM_ADDRESSES) {
        counts.remove(counts.keySet().iterator().next());
      }
    }
    count.failures++;
    peer.failures++;
  }

  /** Whether the connection has to end. */
  boolean isSpentBy(TcpPeer peer, long nowMillis) {
    return peer.failures >= perConnection || isSpent(AddressKey.of(peer.remote()), nowMillis);
  }

  /** Whether an address has had too many. */
  boolean isSpent(String address, long nowMillis) {
    Count count = current(address, nowMillis);
    return count != null && count.failures >= perAddress;
  }

  private @Nullable Count current(String address, long nowMillis) {
    Count count = counts.get(address);
    if (count != null && nowMillis - count.sinceMillis >= windowMillis) {
      counts.remove(address);
      return null;
    }
    return count;
  }

  private static final class Count {
    private final long sinceMillis;
    private int failures;

    Count(long sinceMillis) {
      this.sinceMillis = sinceMillis;
    }
  }
}
