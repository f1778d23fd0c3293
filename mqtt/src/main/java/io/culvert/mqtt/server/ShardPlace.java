package io.culvert.mqtt.server;

import java.util.HashMap;

/**
 * Where a {@link Broker} stands among the shards of its node, and what they have in common.
 *
 * @param number of this shard, from 0
 * @param count of all shards, 1…{@link #MOST_SHARDS}
 * @param directory which shard has a client; the same object in all shards
 * @param takeOvers who fights for a Client Identifier; the same object in all shards
 * @param retainedMessages of all shards
 * @param retainedBytes of all shards
 * @param connectingBytes what unfinished packets of clients hold that are not let in yet, in all
 *     shards
 * @param heldBytes what all clients of the node make it hold
 * @param records what all shards have in common about durable records
 */
public record ShardPlace(
    int number,
    int count,
    ClientDirectory directory,
    TakeOvers takeOvers,
    Quota retainedMessages,
    Quota retainedBytes,
    Quota connectingBytes,
    Quota heldBytes,
    CommonRecords records) {
  /** A set of shards is one {@code long}. */
  public static final int MOST_SHARDS = 64;

  public ShardPlace {
    if (count < 1 || count > MOST_SHARDS || number < 0 || number >= count) {
      throw new IllegalArgumentException("shard " + number + " of " + count);
    }
  }

  /** The only shard, in which no take-overs are a fight. */
  public static ShardPlace alone() {
    return alone(TakeOvers.of(new HashMap<>(), 0, 0));
  }

  /** As above. */
  public static ShardPlace alone(TakeOvers takeOvers) {
    return new ShardPlace(
        0,
        1,
        ClientDirectory.of(new HashMap<>()),
        takeOvers,
        Quota.local(),
        Quota.local(),
        Quota.local(),
        Quota.local(),
        CommonRecords.of(new HashMap<>()));
  }

  /** The same for another shard of the node. */
  public ShardPlace at(int shard) {
    return new ShardPlace(
        shard,
        count,
        directory,
        takeOvers,
        retainedMessages,
        retainedBytes,
        connectingBytes,
        heldBytes,
        records);
  }

  boolean isAlone() {
    return count == 1;
  }

  /** The set that holds this shard only. */
  long bit() {
    return 1L << number;
  }
}
