package io.culvert.broker;

import io.culvert.broker.config.ListenerOptions;
import io.culvert.mqtt.server.Limits;
import io.culvert.runtime.driver.DriverCounters;
import io.culvert.store.StoreStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that metrics and {@code $SYS} are made of, taken at about the same time.
 *
 * @param connectingBytes what unfinished packets of clients hold that are not let in yet
 * @param maximumPending authentications that may wait for a worker thread in one shard
 * @param maximumWaiting CONNECTs that may wait for an event loop to be in time, in one shard
 * @param loops the event loops in the order of the shards
 * @param store null where nothing is kept
 */
record Readings(
    BrokerStatus broker,
    List<Listener> listeners,
    long connectingBytes,
    Limits limits,
    int maximumPending,
    int maximumWaiting,
    List<Loop> loops,
    @Nullable StoreStatus store) {

  Readings {
    listeners = List.copyOf(listeners);
    loops = List.copyOf(loops);
  }

  /** One that is bound, and what it has done since. */
  record Listener(ListenerOptions options, DriverCounters counters) {}

  /**
   * An event loop.
   *
   * @param delayMillis how late it was lately
   * @param isGuest whether the thread of another one runs it
   */
  record Loop(long delayMillis, boolean isGuest) {}
}
