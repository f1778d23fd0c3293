package io.culvert.mqtt.server;

import io.culvert.engine.BufferPool;
import io.culvert.engine.Journal;
import io.culvert.engine.ShardExchange;
import io.culvert.engine.ShardLink;
import io.culvert.engine.Wake;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.PacketLog;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The broker of a test: so many shards as the system property {@code culvert.test.shards} says, one
 * unless it is set. Connections belong to them in turn. All share the test's thread.
 */
final class TestShards {
  static final int COUNT = Integer.getInteger("culvert.test.shards", 1);

  /** Little, so that tests meet a full link. */
  private static final int LINK_FRAMES = 2;

  private static final long LINK_BYTES = 16 * 1024;

  private final ShardExchange exchange = new ShardExchange(LINK_FRAMES, LINK_BYTES);
  private final List<Broker> shards = new ArrayList<>();
  private final List<ShardLink> links = new ArrayList<>();
  private final Map<ServerConnection, Broker> owners = new IdentityHashMap<>();
  private boolean woken;
  private boolean bySteps;
  private int opened;
  private final List<Recovered> recovered = new ArrayList<>();
  private final ShardPlace place;
  private final Limits limits;

  /**
   * @param takeOvers of one client within a minute that are no fight; 0 for any number
   */
  TestShards(int count, Limits limits, BrokerLog log, int takeOvers) {
    this.limits = limits;
    place =
        new ShardPlace(
            0,
            count,
            ClientDirectory.of(new HashMap<>()),
            TakeOvers.of(new HashMap<>(), takeOvers, 60_000),
            Quota.local(),
            Quota.local(),
            Quota.local(),
            Quota.local(),
            CommonRecords.of(new HashMap<>()));
    Random random = new Random(1);
    for (int number = 0; number < count; number++) {
      Broker shard = new Broker(place.at(number), limits, random::nextLong, log);
      ShardLink link = exchange.add(shard.receiver(), () -> woken = true);
      shard.join(link);
      shards.add(shard);
      links.add(link);
    }
  }

  /** From now on durable, with what is in this journal. */
  void recover(Journal journal, LongSupplier clock, long wallOffsetMillis) {
    for (Broker shard : shards) {
      shard.durable(journal, clock, wallOffsetMillis, () -> woken = true);
    }
    shards.forEach(
        shard ->
            shard.recover(
                found -> {
                  recovered.add(found);
                  if (recovered.size() == shards.size()) {
                    shards.forEach(Broker::recovered);
                  }
                }));
  }

  /** What the shards have found so far: all when there is one of each. */
  List<Recovered> recovered() {
    return recovered;
  }

  int count() {
    return shards.size();
  }

  Broker shard(int number) {
    return shards.get(number);
  }

  void authorization(Authorization authorization, long nowMillis) {
    shards.forEach(shard -> shard.authorization(authorization, nowMillis));
  }

  /** A connection of the next shard. */
  ServerConnection open(BufferPool pool, Wake wake, PacketLog log, long nowMillis) {
    Broker shard = shards.get(opened++ % shards.size());
    ServerConnection connection = shard.open(limits, pool, wake, log, nowMillis);
    owners.put(connection, shard);
    return connection;
  }

  Quota connectingBytes() {
    return place.connectingBytes();
  }

  /** What all shards have told each other that they hold. */
  long toldBytes() {
    return place.heldBytes().held();
  }

  /** What all shards hold, to the byte. */
  long heldBytes() {
    return sumOf(Broker::heldBytes);
  }

  /** It was opened here, and not by an earlier broker that has crashed. */
  boolean knows(ServerConnection connection) {
    return owners.containsKey(connection);
  }

  Broker of(ServerConnection connection) {
    return owners.computeIfAbsent(connection, key -> shards.get(opened++ % shards.size()));
  }

  /** From now on nothing crosses but in single steps; or again all that waits. */
  void bySteps(boolean single) {
    bySteps = single;
    woken = true;
  }

  /** One shard hands over what it has for the others, or gets what they have handed over. */
  void step(Random random, long nowMillis) {
    int number = random.nextInt(shards.size());
    if (random.nextBoolean()) {
      links.get(number).flush();
    } else {
      exchange.turn(number, nowMillis);
    }
  }

  /** What waits between the shards crosses; false when there was nothing. */
  boolean exchange(long nowMillis) {
    if (bySteps) {
      return false;
    }
    shards.forEach(Broker::flush);
    links.forEach(ShardLink::flush);
    boolean any = woken;
    woken = false;
    if (any) {
      for (int number = 0; number < shards.size(); number++) {
        exchange.turn(number, nowMillis);
      }
    }
    return any;
  }

  void handle(ServerConnection connection, ServerEvent event, long nowMillis) {
    of(connection).handle(connection, event, nowMillis);
  }

  void disconnected(ServerConnection connection, DisconnectCause cause, long nowMillis) {
    of(connection).disconnected(connection, cause, nowMillis);
  }

  void connect(ServerConnection connection, Connect connect, long nowMillis) {
    of(connection).connect(connection, connect, nowMillis);
  }

  /** A message published in the first shard. */
  ReasonCode publish(@Nullable Session source, Message message, long nowMillis) {
    return shards.get(0).publish(source, message, nowMillis);
  }

  /** As above. */
  ReasonCode publish(@Nullable Session source, Publish publish, TopicName topic, long nowMillis) {
    return shards.get(0).publish(source, publish, topic, nowMillis);
  }

  void stop() {
    shards.forEach(Broker::stop);
  }

  int leave(boolean permanently) {
    return sum(shard -> shard.leave(permanently));
  }

  void drain(long spreadMillis, long nowMillis, Runnable done) {
    shards.forEach(shard -> shard.drain(spreadMillis, nowMillis, done));
  }

  int leftToDrain() {
    return sum(Broker::leftToDrain);
  }

  void timeout(long nowMillis) {
    shards.forEach(shard -> shard.timeout(nowMillis));
  }

  long deadlineMillis() {
    return shards.stream().mapToLong(Broker::deadlineMillis).min().orElseThrow();
  }

  // ---- queries

  int connectedCount() {
    return shards.stream().mapToInt(Broker::connectedCount).sum();
  }

  Counters counters() {
    return Counters.total(shards.stream().map(Broker::counters).toList());
  }

  @Nullable Session session(String clientId) {
    return shards.stream()
        .map(shard -> shard.session(clientId))
        .filter(found -> found != null)
        .findFirst()
        .orElse(null);
  }

  int sessionCount() {
    return sum(Broker::sessionCount);
  }

  int subscriptionCount() {
    return sum(Broker::subscriptionCount);
  }

  int retainedCount() {
    return sum(Broker::retainedCount);
  }

  long retainedBytes() {
    return sumOf(Broker::retainedBytes);
  }

  private int sum(ToIntFunction<Broker> query) {
    return shards.stream().mapToInt(query).sum();
  }

  private long sumOf(ToLongFunction<Broker> query) {
    return shards.stream().mapToLong(query).sum();
  }
}
