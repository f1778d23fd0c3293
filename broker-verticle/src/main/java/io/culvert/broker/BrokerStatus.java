package io.culvert.broker;

import io.culvert.mqtt.server.Counters;
import io.culvert.mqtt.server.DropReason;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;

/**
 * What a broker holds and has counted, in all its shards. The shards are asked one by one, so the
 * numbers of one moment differ from these by what happened meanwhile.
 *
 * @param counters since the start
 * @param packets since the start
 * @param connected clients
 * @param sessions connected or not
 * @param subscriptions of which {@code sharedSubscriptions} are shared
 * @param retainedMessages bytes of them are {@code retainedBytes}
 * @param pendingAuthentications that wait for a worker thread, in the shard where most do
 * @param waitingConnects that wait for an event loop to be in time, in the shard where most do
 * @param heldBytes memory that clients make it hold, which {@code limits.node-bytes} limits
 */
public record BrokerStatus(
    Counters counters,
    PacketCounters packets,
    int connected,
    int sessions,
    int subscriptions,
    int sharedSubscriptions,
    int retainedMessages,
    long retainedBytes,
    int pendingAuthentications,
    int waitingConnects,
    long heldBytes) {

  static BrokerStatus total(List<BrokerStatus> shards) {
    return new BrokerStatus(
        Counters.total(shards.stream().map(BrokerStatus::counters).toList()),
        PacketCounters.total(shards.stream().map(BrokerStatus::packets).toList()),
        shards.stream().mapToInt(BrokerStatus::connected).sum(),
        shards.stream().mapToInt(BrokerStatus::sessions).sum(),
        shards.stream().mapToInt(BrokerStatus::subscriptions).sum(),
        shards.stream().mapToInt(BrokerStatus::sharedSubscriptions).sum(),
        shards.stream().mapToInt(BrokerStatus::retainedMessages).sum(),
        shards.stream().mapToLong(BrokerStatus::retainedBytes).sum(),
        shards.stream().mapToInt(BrokerStatus::pendingAuthentications).max().orElse(0),
        shards.stream().mapToInt(BrokerStatus::waitingConnects).max().orElse(0),
        shards.stream().mapToLong(BrokerStatus::heldBytes).sum());
  }

  /** By the names that docs/event-bus.md gives. */
  JsonObject toJson() {
    JsonObject dropped = new JsonObject();
    for (DropReason reason : DropReason.values()) {
      dropped.put(reason.name().toLowerCase(Locale.ROOT), counters.dropped(reason));
    }
    return new JsonObject()
        .put("connections", connected)
        .put("sessions", sessions)
        .put("subscriptions", subscriptions)
        .put("retainedMessages", retainedMessages)
        .put("retainedBytes", retainedBytes)
        .put("queuedMessages", counters.queuedMessages())
        .put("queuedBytes", counters.queuedBytes())
        .put("received", counters.received())
        .put("delivered", counters.delivered())
        .put("dropped", dropped)
        .put("refused", counters.refused())
        .put("denied", counters.denied());
  }
}
