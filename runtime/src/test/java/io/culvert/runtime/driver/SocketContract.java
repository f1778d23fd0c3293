package io.culvert.runtime.driver;

import static io.culvert.mqtt.wire.Statement.MQTT3_4_8_0_2;
import static io.culvert.mqtt.wire.Statement.MQTT3_7_1_1_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_2_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.engine.Bytes;
import io.culvert.engine.Engine;
import io.culvert.mqtt.Normative;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the driver owes an engine, over real sockets; the same for every byte-stream transport. */
abstract class SocketContract {
  final ToyApp app = new ToyApp();
  Vertx vertx;
  Shard shard;
  EngineServer server;

  abstract Vertx newVertx();

  abstract Future<EngineServer> listen(int maxConnections);

  @BeforeEach
  void start() throws Exception {
    vertx = newVertx();
    shard = Shard.current(vertx);
    server = await(onShardFuture(() -> listen(Integer.MAX_VALUE)));
  }

  @AfterEach
  void stop() throws Exception {
    await(vertx.close());
  }

  @Test
  @Normative({MQTT5_4_2_1, MQTT3_7_1_1_1})
  void framesComeBackWhateverTheCuts() throws Exception {
    Random random = new Random(7);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    List<byte[]> payloads = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      byte[] payload = new byte[random.nextInt(10) == 0 ? random.nextInt(100_000) : i % 50];
      random.nextBytes(payload);
      payloads.add(payload);
      all.write(ToyEngine.frame(payload));
    }
    byte[] bytes = all.toByteArray();
    try (ToyClient client = client()) {
      CompletableFuture<Void> writer =
          CompletableFuture.runAsync(
              () -> {
                int at = 0;
                while (at < bytes.length) {
                  int most = random.nextBoolean() ? 7 : 90_000;
                  int length = Math.min(1 + random.nextInt(most), bytes.length - at);
                  write(client, bytes, at, length);
                  at += length;
                }
              });
      for (byte[] payload : payloads) {
        assertThat(client.receive()).isEqualTo(payload);
      }
      writer.get(20, TimeUnit.SECONDS);
    }
    assertThat(server.counters().bytesIn()).isEqualTo(bytes.length);
    eventually(() -> server.counters().bytesOut() == bytes.length);
  }

  @Test
  void slowReaderLeavesTheRestWithTheEngine() throws Exception {
    int count = 640;
    byte[] payload = new byte[16 * 1024];
    app.onFrame =
        (engine, any) -> {
          for (int i = 0; i < count; i++) {
            payload[0] = (byte) i;
            engine.send(Bytes.wrap(payload));
          }
        };
    try (ToyClient client = client(server.port(), 16 * 1024)) {
      client.send("all");
      ToyEngine engine = ToyApp.next(app.opened);
      eventually(() -> onShard(() -> !transport(engine).isWritable()));
      assertThat(onShard(engine.queue::size)).isPositive();
      assertThat(onShard(() -> engine.outbox().pendingBytes()))
          .isLessThanOrEqualTo(ToyEngine.QUEUE_FROM_BYTES + payload.length + 4);
      assertThat(onShard(() -> unsentBytes(engine)))
          .isLessThanOrEqualTo(64 * 1024 + Connection.WRITE_BYTES + 1024);
      for (int i = 0; i < count; i++) {
        assertThat(client.receive()[0]).isEqualTo((byte) i);
      }
    }
  }

  @Test
  void whoHasLittleToSendDoesNotWaitForThoseWithMuch() throws Exception {
    try (ToyClient much = client();
        ToyClient rests = client();
        ToyClient little = client()) {
      List<ToyEngine> engines = new ArrayList<>();
      for (ToyClient client : List.of(much, rests, little)) {
        client.ask("first");
        engines.add(ToyApp.next(app.opened));
      }
      List<ToyEngine> polled = new ArrayList<>();
      int muchBytes = FlushRounds.LIGHT_BYTES_OF_ALL / 2; // a third would be little
      onShard(
          () -> {
            engines.get(0).outbox().copy(ToyEngine.frame(new byte[muchBytes]), 0, muchBytes + 4);
            engines.get(1).await();
            for (ToyEngine engine : engines) {
              engine.onPoll = () -> polled.add(engine);
              engine.send(Bytes.utf8("second"));
            }
            return true;
          });
      assertThat(little.receiveText()).isEqualTo("second");
      assertThat(much.receive()).hasSize(muchBytes);
      assertThat(much.receiveText()).isEqualTo("second");
      assertThat(rests.receiveText()).isEqualTo("second");
      assertThat(onShard(() -> polled.stream().distinct().toList()))
          .containsExactly(engines.get(2), engines.get(0), engines.get(1));
    }
  }

  @Test
  void engineThatIsNeverDoneKeepsNobodyFromBeingRead() throws Exception {
    try (ToyClient busy = client();
        ToyClient other = client()) {
      busy.ask("first");
      ToyEngine engine = ToyApp.next(app.opened);
      onShard(
          () -> {
            engine.neverDone = true;
            engine.wake.changed();
            return true;
          });
      long beganNanos = System.nanoTime();
      for (int i = 0; i < 20; i++) {
        assertThat(other.ask("ping " + i)).isEqualTo("ping " + i);
      }
      // Were its sockets looked at once a second, this would take 20 seconds.
      assertThat(System.nanoTime() - beganNanos).isLessThan(TimeUnit.SECONDS.toNanos(8));
      onShard(() -> engine.neverDone = false);
    }
  }

  @Test
  void peerIsNotReadWhileTheEngineAwaitsDecision() throws Exception {
    byte[] payload = new byte[100_000];
    app.onFrame =
        (engine, bytes) -> {
          if (bytes.length() == 3) {
            engine.await();
          } else {
            engine.send(Bytes.utf8("got"));
          }
        };
    try (ToyClient client = client()) {
      client.send("ask");
      ToyEngine engine = ToyApp.next(app.opened);
      eventually(() -> onShard(engine::awaitsDecision));
      CompletableFuture<Void> writer =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 200; i++) {
                  byte[] frame = ToyEngine.frame(payload);
                  write(client, frame, 0, frame.length);
                }
              });
      eventually(() -> onShard(() -> engine.receivedWhileWaiting > 0));
      long first = onShard(() -> server.counters().reads());
      for (int i = 0; i < 50; i++) {
        onShard(() -> 0); // turns of the loop in which nothing may be read
      }
      assertThat(onShard(() -> server.counters().reads())).isLessThanOrEqualTo(first + 2);
      assertThat(onShard(() -> engine.receivedWhileWaiting)).isLessThanOrEqualTo(4 * 64 * 1024);
      assertThat(writer).isNotDone();
      onShard(
          () -> {
            engine.decide();
            return 0;
          });
      for (int i = 0; i < 200; i++) {
        assertThat(client.receiveText()).isEqualTo("got");
      }
      writer.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void whatCameBeforeTheEndIsNotLostInAPause() throws Exception {
    app.onFrame =
        (engine, bytes) -> {
          if (bytes.length() == 3) {
            engine.await();
          } else {
            app.events.add(new ToyEngine.Event.Frame(bytes.copy()));
          }
        };
    try (ToyClient client = client()) {
      client.send("ask");
      ToyEngine engine = ToyApp.next(app.opened);
      eventually(() -> onShard(engine::awaitsDecision));
      for (int i = 0; i < 10; i++) {
        client.send(new byte[1000 + i]);
      }
      client.close();
      onShard(
          () -> {
            engine.decide();
            return 0;
          });
    }
    for (int i = 0; i < 10; i++) {
      assertThat(ToyApp.next(app.events))
          .isEqualTo(new ToyEngine.Event.Frame(Bytes.wrap(new byte[1000 + i])));
    }
    assertThat(ToyApp.next(app.events)).isEqualTo(new ToyEngine.Event.InputEnded());
    assertThat(ToyApp.next(app.closed).cause()).isNull();
  }

  @Test
  void lastBytesArriveThoughInputIsUnread() throws Exception {
    byte[] bye = new byte[300_000];
    new Random(3).nextBytes(bye);
    app.onFrame =
        (engine, bytes) -> {
          engine.send(Bytes.wrap(bye));
          engine.closeAfterFlush();
        };
    try (ToyClient client = client()) {
      byte[] burst = Arrays.copyOf(ToyEngine.frame(new byte[] {1}), 400_000);
      client.out.write(burst);
      assertThat(client.receive()).isEqualTo(bye);
      assertThat(client.atEnd()).isTrue();
    }
    assertThat(ToyApp.next(app.closed).cause()).isNull();
    eventually(() -> server.connections() == 0);
  }

  @Test
  void peerThatNeverReadsIsCutOff() throws Exception {
    app.onFrame =
        (engine, bytes) -> {
          for (int i = 0; i < 200; i++) {
            engine.send(Bytes.wrap(new byte[100_000]));
          }
          engine.closeAfterFlush();
        };
    try (ToyClient client = client(server.port(), 16 * 1024)) {
      client.send("go");
      ToyApp.next(app.closed);
      eventually(() -> server.connections() == 0);
      assertThat(server.counters().bytesOut()).isLessThan(20_000_000);
    }
  }

  @Test
  void closedEngineClosesAtOnce() throws Exception {
    app.onFrame =
        (engine, bytes) -> {
          engine.send(Bytes.utf8("never sent"));
          engine.closeNow();
        };
    try (ToyClient client = client()) {
      client.send("x");
      assertThat(client.in.readAllBytes()).isEmpty();
    }
    assertThat(ToyApp.next(app.closed).cause()).isNull();
    assertThat(app.closed).isEmpty();
  }

  @Test
  @Normative(MQTT3_4_8_0_2)
  void failingApplicationHurtsItsOwnConnectionOnly() throws Exception {
    app.onFrame =
        (engine, bytes) -> {
          if (bytes.length() == 4) {
            throw new IllegalStateException("toy application was told to fail");
          }
          engine.send(bytes);
        };
    try (ToyClient good = client();
        ToyClient bad = client()) {
      assertThat(good.ask("one")).isEqualTo("one");
      bad.send("fail");
      assertThat(ended(bad)).isTrue();
      assertThat(good.ask("two")).isEqualTo("two");
      assertThat(ToyApp.next(app.closed).cause()).isInstanceOf(IllegalStateException.class);
      assertThat(app.closed).isEmpty();
      assertThat(server.counters().failures()).isEqualTo(1);
    }
  }

  @Test
  @Normative(MQTT3_4_8_0_2)
  void failingEngineHurtsItsOwnConnectionOnly() throws Exception {
    try (ToyClient good = client();
        ToyClient bad = client()) {
      assertThat(good.ask("one")).isEqualTo("one");
      ToyEngine first = ToyApp.next(app.opened);
      ToyEngine second = ToyApp.next(app.opened);
      assertThat(bad.ask("one")).isEqualTo("one");
      second.throwInPoll = true;
      ToyEngine target = second;
      onShard(
          () -> {
            target.wake.changed();
            first.send(Bytes.utf8("still here"));
            return 0;
          });
      assertThat(ended(bad)).isTrue();
      assertThat(good.receiveText()).isEqualTo("still here");
      assertThat(ToyApp.next(app.closed).engine()).isSameAs(second);
    }
  }

  @Test
  void failingOpenRefusesThatConnection() throws Exception {
    app.onOpen =
        engine -> {
          engine.send(Bytes.utf8("too early"));
          throw new IllegalStateException("toy application refuses to open");
        };
    try (ToyClient bad = client()) {
      assertThat(ended(bad)).isTrue();
    }
    app.onOpen = engine -> {};
    try (ToyClient good = client()) {
      assertThat(good.ask("hi")).isEqualTo("hi");
    }
    assertThat(server.counters().failures()).isEqualTo(1);
    ToyApp.next(app.closed);
    assertThat(app.closed).isEmpty();
  }

  @Test
  void failingClosedIsCountedAndForgotten() throws Exception {
    app.onClosed =
        engine -> {
          throw new IllegalStateException("toy application fails to close");
        };
    client().close();
    eventually(() -> server.counters().failures() == 1 && server.connections() == 0);
    try (ToyClient good = client()) {
      assertThat(good.ask("hi")).isEqualTo("hi");
    }
  }

  @Test
  void deadlinesFireInOrderAndNotEarly() throws Exception {
    try (ToyClient one = client();
        ToyClient two = client()) {
      ToyEngine first = ToyApp.next(app.opened);
      ToyEngine second = ToyApp.next(app.opened);
      long start = shard.nowMillis();
      onShard(
          () -> {
            first.deadline(start + 60_000);
            second.deadline(start + 60);
            return 0;
          });
      onShard(
          () -> {
            first.deadline(start + 20);
            return 0;
          });
      assertThat(timedOut()).isBetween(start + 20, start + 5_000);
      assertThat(timedOut()).isBetween(start + 60, start + 5_000);
      assertThat(one.ask("a")).isEqualTo("a");
      assertThat(two.ask("b")).isEqualTo("b");
    }
  }

  /** Such as an acknowledgement: there is nothing to do in a pass. */
  @Test
  void inputWithoutAnAnswerIsAskedForOnceAndItsDeadlineIsArmed() throws Exception {
    AtomicLong polls = new AtomicLong();
    app.onFrame = (engine, bytes) -> engine.deadlineMillis = shard.nowMillis() + 20; // wakes nobody
    try (ToyClient client = client()) {
      ToyEngine engine = ToyApp.next(app.opened);
      onShard(() -> 0); // the pass that follows the opening is behind this
      onShard(() -> engine.onPoll = polls::incrementAndGet);
      client.send("a");
      timedOut();
      // The frame and the timeout, and behind each of them nothing.
      assertThat(onShard(polls::get)).isEqualTo(4);
    }
  }

  @Test
  void partWithoutSocketJoinsTheTimer() throws Exception {
    CompletableFuture<Long> fired = new CompletableFuture<>();
    long at = shard.nowMillis() + 30;
    onShard(
        () ->
            shard.watch(
                new TimedPart() {
                  private long deadline = at;

                  @Override
                  public long deadlineMillis() {
                    return deadline;
                  }

                  @Override
                  public void timeout(long nowMillis) {
                    deadline = Long.MAX_VALUE;
                    fired.complete(nowMillis);
                  }
                }));
    assertThat(fired.get(20, TimeUnit.SECONDS)).isBetween(at, at + 5_000);
  }

  @Test
  void failingPartIsLeftAloneForAWhile() throws Exception {
    List<Long> calls = new ArrayList<>();
    CompletableFuture<Long> second = new CompletableFuture<>();
    onShard(
        () ->
            shard.watch(
                new TimedPart() {
                  @Override
                  public long deadlineMillis() {
                    return second.isDone() ? Long.MAX_VALUE : 0;
                  }

                  @Override
                  public void timeout(long nowMillis) {
                    calls.add(nowMillis);
                    if (calls.size() == 2) {
                      second.complete(nowMillis);
                    }
                    throw new IllegalStateException("toy part was told to fail");
                  }
                }));
    assertThat(second.get(20, TimeUnit.SECONDS) - calls.get(0)).isGreaterThanOrEqualTo(1000);
    try (ToyClient client = client()) {
      assertThat(client.ask("still")).isEqualTo("still");
    }
  }

  @Test
  void deadlineThatAFailureBringsIsArmed() throws Exception {
    AtomicLong at = new AtomicLong(Engine.NO_DEADLINE);
    TimedPart part =
        new TimedPart() {
          @Override
          public long deadlineMillis() {
            return at.get();
          }

          @Override
          public void timeout(long nowMillis) {
            at.set(Engine.NO_DEADLINE);
          }
        };
    onShard(() -> shard.watch(part));
    app.onFrame =
        (engine, bytes) -> {
          throw new IllegalStateException("toy application fails");
        };
    app.onClosed = engine -> at.set(shard.nowMillis());
    try (ToyClient client = client()) {
      client.send("x");
      ToyApp.next(app.closed);
      eventually(() -> at.get() == Engine.NO_DEADLINE);
    }
  }

  @Test
  void manyConnectionsAreServedAndEachIsClosedOnce() throws Exception {
    List<ToyClient> clients = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      clients.add(client());
    }
    for (int i = 0; i < 1000; i++) {
      clients.get(i).send("n" + i);
    }
    for (int i = 0; i < 1000; i++) {
      assertThat(clients.get(i).receiveText()).isEqualTo("n" + i);
    }
    assertThat(server.connections()).isEqualTo(1000);
    for (ToyClient client : clients) {
      client.close();
    }
    Set<ToyEngine> closed = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      ToyApp.Closed one = ToyApp.next(app.closed);
      assertThat(one.cause()).isNull();
      assertThat(closed.add(one.engine())).isTrue();
    }
    eventually(() -> server.connections() == 0);
    assertThat(app.closed).isEmpty();
    assertThat(server.counters().accepted()).isEqualTo(1000);
  }

  @Test
  void fanOutIsOneWritePerTarget() throws Exception {
    List<ToyClient> targets = new ArrayList<>();
    List<ToyEngine> engines = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      targets.add(client());
      engines.add(ToyApp.next(app.opened));
    }
    app.onFrame = (engine, bytes) -> engines.forEach(target -> target.send(bytes));
    try (ToyClient publisher = client()) {
      ByteArrayOutputStream ten = new ByteArrayOutputStream();
      for (int i = 0; i < 10; i++) {
        ten.write(ToyEngine.frame(new byte[] {(byte) i}));
      }
      publisher.out.write(ten.toByteArray());
      for (ToyClient target : targets) {
        for (int i = 0; i < 10; i++) {
          assertThat(target.receive()).containsExactly(i);
        }
        target.close();
      }
      assertThat(onShard(() -> server.counters().writes())).isEqualTo(200);
    }
  }

  @Test
  void connectionsBeyondTheLimitAreRefused() throws Exception {
    EngineServer small = await(onShardFuture(() -> listen(1)));
    try (ToyClient first = client(small.port(), 0)) {
      assertThat(first.ask("in")).isEqualTo("in");
      assertThat(isRefused(small.port())).isTrue();
      assertThat(small.counters().refused()).isEqualTo(1);
    }
    eventually(() -> small.connections() == 0);
    try (ToyClient third = client(small.port(), 0)) {
      assertThat(third.ask("in")).isEqualTo("in");
    }
  }

  @Test
  void resetByThePeerIsAClose() throws Exception {
    ToyClient client = client();
    assertThat(client.ask("hi")).isEqualTo("hi");
    client.socket.setSoLinger(true, 0);
    client.close();
    Throwable cause = ToyApp.next(app.closed).cause();
    assertThat(cause == null || cause instanceof IOException).isTrue();
    assertThat(server.counters().failures()).isZero();
    eventually(() -> server.connections() == 0);
    assertThat(app.events).containsOnly(new ToyEngine.Event.InputEnded());
  }

  @Test
  void closeOfTheServerSendsWhatWaits() throws Exception {
    try (ToyClient client = client();
        ToyClient quiet = client()) {
      assertThat(client.ask("hi")).isEqualTo("hi");
      ToyEngine engine = ToyApp.next(app.opened);
      ToyEngine other = ToyApp.next(app.opened);
      ToyEngine busy = isClientOf(client, engine) ? engine : other;
      Future<Void> closed =
          onShard(
              () -> {
                busy.send(Bytes.utf8("good-bye"));
                return server.close();
              });
      assertThat(client.receiveText()).isEqualTo("good-bye");
      assertThat(ended(client)).isTrue();
      assertThat(ended(quiet)).isTrue();
      client.close();
      quiet.close();
      await(closed);
    }
    assertThat(server.connections()).isZero();
    assertThat(app.closed).hasSize(2);
    assertThatThrownBy(this::client).isInstanceOf(IOException.class);
  }

  @Test
  void applicationRunsInTheContextOfTheShard() throws Exception {
    List<Object> contexts = new ArrayList<>();
    app.onFrame =
        (engine, bytes) -> {
          contexts.add(Vertx.currentContext());
          engine.send(bytes);
        };
    try (ToyClient client = client()) {
      client.ask("x");
    }
    assertThat(contexts).containsExactly(shard.context());
  }

  @Test
  void peerKnowsItsAddresses() throws Exception {
    try (ToyClient client = client()) {
      client.ask("x");
      Peer peer = ToyApp.next(app.opened).peer;
      assertThat(peer.remote()).isEqualTo(client.socket.getLocalSocketAddress());
      assertThat(peer.local()).isEqualTo(client.socket.getRemoteSocketAddress());
    }
  }

  final ToyClient client() throws IOException {
    return client(server.port(), 0);
  }

  ToyClient client(int port, int receiveBytes) throws IOException {
    return new ToyClient(new Socket(), port, receiveBytes);
  }

  long unsentBytes(ToyEngine engine) {
    return 0;
  }

  static Transport transport(ToyEngine engine) {
    return (Transport) engine.peer;
  }

  private static boolean isClientOf(ToyClient client, ToyEngine engine) {
    return client.socket.getLocalSocketAddress().equals(engine.peer.remote());
  }

  private long timedOut() throws InterruptedException {
    return ((ToyEngine.Event.TimedOut) ToyApp.next(app.events)).nowMillis();
  }

  private boolean isRefused(int port) {
    try (ToyClient client = client(port, 0)) {
      return ended(client);
    } catch (IOException refused) {
      return true;
    }
  }

  /** Whether the peer has closed, in order or not. */
  private static boolean ended(ToyClient client) {
    try {
      return client.atEnd();
    } catch (IOException reset) {
      return true;
    }
  }

  private static void write(ToyClient client, byte[] bytes, int at, int length) {
    try {
      client.out.write(bytes, at, length);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  <T> T onShard(Supplier<T> call) {
    return onShardFuture(() -> Future.succeededFuture(call.get()))
        .toCompletionStage()
        .toCompletableFuture()
        .orTimeout(10, TimeUnit.SECONDS)
        .join();
  }

  <T> Future<T> onShardFuture(Supplier<Future<T>> call) {
    return Future.future(
        promise -> shard.context().runOnContext(ignored -> call.get().onComplete(promise)));
  }

  static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  /**
   * Looks again until it is so; there is no event for what the kernel or the driver does inside.
   */
  static void eventually(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("it never became so");
      }
      Thread.yield();
    }
  }
}
