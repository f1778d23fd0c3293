package io.culvert.broker;

import io.culvert.mqtt.server.Counters;
import java.util.List;

/**
 * What a broker holds and has counted, in all its shards. The shards are asked one by one, so the
 * numbers of one moment differ from these by what happened meanwhile.
 *
 * @param counters since the start
 * @param sessions connected or not
 * @param retainedMessages bytes of them are {@code retainedBytes}
 * @param heldBytes memory that clients make it hold, which {@code limits.node-bytes} limits
 */
public record BrokerStatus(
    Counters counters,
    int sessions,
    int subscriptions,
    int retainedMessages,
    long retainedBytes,
    long heldBytes) {

  static BrokerStatus total(List<BrokerStatus> shards) {
    return new BrokerStatus(
        Counters.total(shards.stream().map(BrokerStatus::counters).toList()),
        shards.stream().mapToInt(BrokerStatus::sessions).sum(),
        shards.stream().mapToInt(BrokerStatus::subscriptions).sum(),
        shards.stream().mapToInt(BrokerStatus::retainedMessages).sum(),
        shards.stream().mapToLong(BrokerStatus::retainedBytes).sum(),
        shards.stream().mapToLong(BrokerStatus::heldBytes).sum());
  }
}
