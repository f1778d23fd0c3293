package io.culvert.broker.bus;

import java.util.List;

/**
 * The broker's bounds on the event bus.
 *
 * @param enabled whether it is there at all
 * @param messages how many published ones may wait for their acknowledgement
 * @param bytes how many bytes of payload those may have
 * @param subscriptions how many there may be
 * @param sessionExpirySeconds how long messages wait at most for a subscriber with a session
 * @param bridges that are configured
 */
public record BusOptions(
    boolean enabled,
    int messages,
    long bytes,
    int subscriptions,
    long sessionExpirySeconds,
    List<BridgeRule> bridges) {
  public BusOptions {
    bridges = List.copyOf(bridges);
  }
}
