package io.culvert.runtime.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.engine.ShardLink;
import io.culvert.engine.testkit.ShardLinkContract;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Between three event loops. */
class ShardLinksTest extends ShardLinkContract {
  /** Longer than the longest chain of hand-overs in these tests. */
  private static final int ROUNDS = 30;

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(3));
  private final List<Shard> shards = Shards.of(vertx.getOrCreateContext(), 3);
  private final CountDownLatch[] held = new CountDownLatch[3];
  private ShardLinks links;

  @Override
  protected List<ShardLink> join(List<? extends ShardLink.Receiver> receivers) {
    links = ShardLinks.between(shards, MAXIMUM_FRAMES, MAXIMUM_BYTES);
    List<ShardLink> joined = new ArrayList<>();
    for (int shard = 0; shard < receivers.size(); shard++) {
      links.open(shard, receivers.get(shard));
      joined.add(links.link(shard));
    }
    return joined;
  }

  @Override
  protected void at(int shard, Runnable action) {
    await(later(shard, action));
    await(later(shard, () -> {})); // the pass was before this
  }

  @Override
  protected void hold(int shard) {
    CountDownLatch latch = new CountDownLatch(1);
    held[shard] = latch;
    CompletableFuture<Void> holding = new CompletableFuture<>();
    var unused =
        later(
            shard,
            () -> {
              holding.complete(null);
              awaitLatch(latch);
            });
    await(holding);
  }

  @Override
  protected void release(int shard) {
    held[shard].countDown();
    held[shard] = null;
  }

  @Override
  protected void settle() {
    for (int round = 0; round < ROUNDS; round++) {
      for (int shard = 0; shard < shards.size(); shard++) {
        if (held[shard] == null) {
          await(later(shard, () -> {}));
        }
      }
    }
  }

  @AfterEach
  void stop() throws Exception {
    SocketContract.await(vertx.close());
  }

  @Test
  void eachShardHasItsOwnEventLoop() {
    assertThat(shards).extracting(Shard::eventLoop).doesNotHaveDuplicates();
  }

  @Test
  void aReceiverIsCalledOnItsEventLoopInItsContext() {
    AtomicReference<Context> context = new AtomicReference<>();
    AtomicReference<Boolean> inThread = new AtomicReference<>();
    whenReceived(
        1,
        text -> {
          context.set(Vertx.currentContext());
          inThread.set(shards.get(1).inThread());
        });
    at(0, () -> send(0, 1, "a"));
    settle();
    assertThat(context).hasValue(shards.get(1).context());
    assertThat(inThread).hasValue(true);
  }

  @Test
  void allThatCrossesMeanwhileIsOneTurn() {
    AtomicInteger passes = new AtomicInteger();
    at(
        1,
        () ->
            shards
                .get(1)
                .watch(
                    new TimedPart() {
                      @Override
                      public long deadlineMillis() {
                        passes.incrementAndGet();
                        return Long.MAX_VALUE;
                      }

                      @Override
                      public void timeout(long nowMillis) {}
                    }));
    settle();
    int before = passes.get();
    hold(1);
    for (int i = 0; i < 3; i++) {
      at(0, () -> send(0, 1, "a"));
      at(2, () -> send(2, 1, "b"));
    }
    release(1);
    settle();
    assertThat(seen(1)).containsExactlyInAnyOrder("0:a", "0:a", "0:a", "2:b", "2:b", "2:b");
    assertThat(passes.get() - before).isEqualTo(1);
  }

  @Test
  void aFailureCostsNoOtherFrame() {
    whenReceived(
        1,
        text -> {
          if (text.equals("bad")) {
            throw new StackOverflowError("told to fail");
          }
        });
    at(
        0,
        () -> {
          send(0, 1, "bad");
          send(0, 1, "good");
        });
    at(2, () -> send(2, 1, "another's"));
    settle();
    assertThat(seen(1)).containsExactlyInAnyOrder("0:bad", "0:good", "2:another's");
  }

  @Test
  void whatIsSentBeforeAShardOpensWaits() {
    ShardLinks late = ShardLinks.between(shards, MAXIMUM_FRAMES, MAXIMUM_BYTES);
    at(0, () -> late.link(0).send(1, Bytes.utf8("early")));
    settle();
    List<String> got = new ArrayList<>();
    late.open(
        1,
        new ShardLink.Receiver() {
          @Override
          public void received(int peer, Bytes frame, long nowMillis) {
            got.add(peer + ":" + frame.toUtf8());
          }

          @Override
          public void room(int peer, long nowMillis) {}
        });
    settle();
    assertThat(got).containsExactly("0:early");
  }

  @Test
  void aClosedShardDropsWhatComesAndGivesRoom() {
    hold(1);
    at(0, () -> assertThat(fill(0, 1)).isEqualTo(MAXIMUM_FRAMES));
    var closed = later(1, () -> links.close(1));
    release(1);
    await(closed);
    settle();
    assertThat(seen(0)).containsExactly("room:1");
    at(0, () -> assertThat(fill(0, 1)).isEqualTo(1_000));
    settle();
    assertThat(seen(1)).hasSizeLessThanOrEqualTo(MAXIMUM_FRAMES);
    assertThat(seen(0)).hasSize(1);
  }

  @Test
  void whatAShardSendsLastIsFlushedWhenItCloses() {
    at(
        0,
        () -> {
          send(0, 1, "last");
          links.close(0);
          assertThat(send(0, 1, "too late")).isTrue();
        });
    at(1, () -> send(1, 0, "too late"));
    settle();
    assertThat(seen(1)).containsExactly("0:last");
    assertThat(seen(0)).isEmpty();
  }

  /** Both sides at full speed: each refusal is followed by one room, and no frame is lost. */
  @Test
  void nothingIsLostAtFullSpeed() throws Exception {
    int count = 200_000;
    ShardLinks fast = ShardLinks.between(shards, 16, 1_000_000);
    CompletableFuture<Void> done = new CompletableFuture<>();
    Counting source = new Counting(fast.link(0), count, new CompletableFuture<>());
    Counting target = new Counting(fast.link(1), count, done);
    fast.open(0, source);
    fast.open(1, target);
    var unused = later(0, source::pump);
    done.get(20, TimeUnit.SECONDS);
    at(0, () -> assertThat(source.rooms).isEqualTo(source.refusals).isPositive());
  }

  /** Numbers frames on the one side, and sees that they come in order on the other. */
  private static final class Counting implements ShardLink.Receiver {
    private final ShardLink link;
    private final int count;
    private final CompletableFuture<Void> done;
    private int next;
    private int refusals;
    private int rooms;

    Counting(ShardLink link, int count, CompletableFuture<Void> done) {
      this.link = link;
      this.count = count;
      this.done = done;
    }

    void pump() {
      while (next < count) {
        if (!link.send(1, Bytes.utf8("" + next))) {
          refusals++;
          return;
        }
        next++;
      }
    }

    @Override
    public void received(int peer, Bytes frame, long nowMillis) {
      if (!frame.toUtf8().equals("" + next)) {
        done.completeExceptionally(new AssertionError(next + " expected: " + frame.toUtf8()));
      }
      next++;
      if (next == count) {
        done.complete(null);
      }
    }

    @Override
    public void room(int peer, long nowMillis) {
      rooms++;
      pump();
    }
  }

  private int fill(int from, int to) {
    int taken = 0;
    while (taken < 1_000 && send(from, to, "")) {
      taken++;
    }
    return taken;
  }

  private CompletableFuture<Void> later(int shard, Runnable action) {
    return CompletableFuture.runAsync(action, shards.get(shard).eventLoop());
  }

  private static void await(CompletableFuture<Void> future) {
    future.orTimeout(20, TimeUnit.SECONDS).join();
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
