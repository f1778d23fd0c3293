package io.culvert.mqtt.server;

import io.culvert.engine.BufferPool;
import io.culvert.engine.testkit.SimulatedDisk;
import io.culvert.engine.testkit.VirtualClock;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Connect;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One broker, of one shard or several, and any number of clients in memory and in virtual time.
 * Every connection is driven by the test kit's own driver, which keeps to the engine's contract,
 * overwrites chunks when they are no longer borrowed, and writes as much as the client reads.
 */
final class BrokerHarness {
  /** What the clock of the engines lacks to the time of day. */
  private static final long WALL_OFFSET_MILLIS = 1_700_000_000_000L;

  TestShards broker;
  final Limits limits;
  final Quota connectingBytes;
  final VirtualClock clock = new VirtualClock();
  final BufferPool pool = new BufferPool();

  private final List<Held> held = new ArrayList<>();
  private final List<TestClient> clients = new ArrayList<>();
  private final int shards;
  private boolean holding;
  private boolean crashing;
  private @Nullable SimulatedDisk disk;
  private Authorization authorization = Authorization.NONE;

  private BrokerHarness(Limits limits, BrokerLog log, int shards, int takeOvers) {
    this.limits = limits;
    this.shards = shards;
    this.broker = new TestShards(shards, limits, log, takeOvers);
    this.connectingBytes = broker.connectingBytes();
  }

  static BrokerHarness create() {
    return create(limits -> limits);
  }

  static BrokerHarness create(UnaryOperator<Limits.Builder> how) {
    return create(how, BrokerLog.NONE);
  }

  /** One of so many shards, whatever the build wants to test. */
  static BrokerHarness ofShards(int count) {
    return ofShards(count, limits -> limits);
  }

  static BrokerHarness ofShards(int count, UnaryOperator<Limits.Builder> how) {
    return new BrokerHarness(how.apply(Limits.builder()).build(), BrokerLog.NONE, count, 0);
  }

  static BrokerHarness create(UnaryOperator<Limits.Builder> how, BrokerLog log) {
    return new BrokerHarness(how.apply(Limits.builder()).build(), log, TestShards.COUNT, 0);
  }

  /** One whose sessions are on a disk, of which all chance comes from the seed. */
  static BrokerHarness durable(UnaryOperator<Limits.Builder> how, int shards, long seed) {
    BrokerHarness harness =
        new BrokerHarness(how.apply(Limits.builder()).build(), BrokerLog.NONE, shards, 0);
    harness.disk = new SimulatedDisk(harness.clock, seed);
    harness.disk.takesMillis(0, 0);
    harness.recover();
    return harness;
  }

  /** As above, with a disk that takes no time. */
  static BrokerHarness durable() {
    return durable(limits -> limits, TestShards.COUNT, 1);
  }

  SimulatedDisk disk() {
    return Objects.requireNonNull(disk);
  }

  /** Who may do what when the next process has taken the place of this one. */
  void authorizationAfterRestart(Authorization newest) {
    authorization = newest;
  }

  /** The process dies with all connections, and another one takes its place. */
  void crash(SimulatedDisk.Crash how) {
    crashing = true;
    clients.forEach(client -> client.link.reset());
    clients.clear();
    held.clear();
    disk().crash(how);
    broker = new TestShards(shards, limits, BrokerLog.NONE, 0);
    broker.authorization(authorization, clock.nowMillis());
    crashing = false;
    recover();
  }

  /** As above, when all is stored. */
  void restart() {
    advance(1000);
    crash(SimulatedDisk.Crash.LOSES_UNSYNCED);
  }

  private void recover() {
    broker.recover(disk(), clock::nowMillis, WALL_OFFSET_MILLIS);
    for (int tries = 0; broker.recovered().size() < broker.count(); tries++) {
      if (tries > 1_000_000) {
        throw new AssertionError("the broker does not start");
      }
      advance(1);
    }
  }

  /** One that takes more take-overs of a client within a minute for a fight. */
  static BrokerHarness ofFights(int takeOvers, BrokerLog log) {
    return new BrokerHarness(Limits.builder().build(), log, TestShards.COUNT, takeOvers);
  }

  // ---- clients

  /** A connection on which nothing has been sent yet. */
  TestClient open() {
    TestClient client = new TestClient(this);
    if (disk != null) {
      clients.add(client);
    }
    return client;
  }

  /** A client whose CONNECT has been accepted; its CONNACK has been taken. */
  TestClient connect(Connect connect) {
    TestClient client = open();
    client.connect(connect);
    return client;
  }

  /** An MQTT 5 client with Clean Start and a session that ends with its connection. */
  TestClient connect(String clientId) {
    return connect(Packets.connect(clientId).build());
  }

  /** An MQTT 5 client that resumes its session or begins one, which is kept for an hour. */
  TestClient resume(String clientId) {
    return connect(Packets.connect(clientId).cleanStart(false).expirySeconds(3600).build());
  }

  /** As {@link #resume}, but what came behind CONNACK is still to be taken. */
  TestClient resumeWithMessages(String clientId) {
    TestClient client = open();
    client.send(Packets.connect(clientId).cleanStart(false).expirySeconds(3600).build());
    client.takeFirst(ConnAck.class);
    return client;
  }

  /** What CONNACK says when this client resumes its session. */
  boolean resumePresent(String clientId) {
    return open()
        .connect(Packets.connect(clientId).cleanStart(false).expirySeconds(3600).build())
        .sessionPresent();
  }

  Session session(String clientId) {
    Session session = broker.session(clientId);
    if (session == null) {
      throw new AssertionError("no session of " + clientId);
    }
    return session;
  }

  // ---- decisions

  /** From now on nobody decides: events wait for {@link #release}. */
  void hold() {
    holding = true;
  }

  /** Does what the events that were held asked for, in their order; from now on at once. */
  void release() {
    holding = false;
    List<Held> all = List.copyOf(held);
    held.clear();
    all.forEach(each -> broker.handle(each.connection, each.event, clock.nowMillis()));
    run();
  }

  /** Forgets what was held: a test has decided by itself. */
  void drop() {
    held.clear();
  }

  /** Does at once what one client's events asked for; those of others still wait. */
  void handleNow(TestClient client) {
    List<Held> its = held.stream().filter(each -> each.connection == client.server).toList();
    held.removeAll(its);
    its.forEach(each -> broker.handle(each.connection, each.event, clock.nowMillis()));
    run();
  }

  void handle(ServerConnection connection, ServerEvent event) {
    if (crashing || (disk != null && !broker.knows(connection))) {
      return; // of a process that is no more
    }
    boolean isAsked = !(event instanceof ServerEvent.Disconnected);
    if (holding && isAsked) {
      held.add(new Held(connection, Packets.owned(event)));
    } else {
      broker.handle(connection, event, clock.nowMillis());
    }
  }

  // ---- time

  /** Until nobody has anything to do at this time. */
  void run() {
    settle();
    broker.timeout(clock.nowMillis());
    settle();
  }

  private void settle() {
    do {
      clock.run();
    } while (broker.exchange(clock.nowMillis()));
  }

  void advance(long millis) {
    run();
    long end = clock.nowMillis() + millis;
    while (Math.min(clock.nextMillis(), broker.deadlineMillis()) <= end) {
      long next = Math.min(clock.nextMillis(), broker.deadlineMillis());
      clock.advanceTo(Math.max(next, clock.nowMillis()));
      run();
    }
    clock.advanceTo(end);
    run();
  }

  void advanceSeconds(long seconds) {
    advance(seconds * 1000);
  }

  private record Held(ServerConnection connection, ServerEvent event) {}
}
