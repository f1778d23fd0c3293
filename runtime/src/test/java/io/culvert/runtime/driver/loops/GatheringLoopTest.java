package io.culvert.runtime.driver.loops;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** On real threads and a real epoll. */
@EnabledOnOs(OS.LINUX)
@Timeout(20)
class GatheringLoopTest {
  private static final int LOOPS = 3;

  private final List<EventLoop> loops = new ArrayList<>();
  private GatheringLoopGroup group;
  private EventLoop host;
  private EventLoop guest;

  @BeforeEach
  void start() {
    assertThat(new GatheringTransport().available()).isTrue();
    group = group();
    for (EventExecutor loop : group) {
      loops.add((EventLoop) loop);
    }
    host = loops.get(0);
    guest = loops.get(1);
  }

  @AfterEach
  void stop() throws Exception {
    end(group);
  }

  @Test
  void loopsWithLittleToDoShareTheThreadOfTheFirst() throws Exception {
    gather();
    Thread thread = threadOf(host);
    for (EventLoop loop : loops) {
      assertThat(threadOf(loop)).isSameAs(thread);
      assertThat(GatheringTransport.isGuest(loop)).isEqualTo(loop != host);
    }
  }

  @Test
  void aLoopIsNotInAnotherOneOnTheSameThread() throws Exception {
    gather();
    assertThat(host.submit(() -> host.inEventLoop()).get()).isTrue();
    assertThat(host.submit(() -> guest.inEventLoop()).get()).isFalse();
    assertThat(guest.submit(() -> guest.inEventLoop()).get()).isTrue();
    assertThat(guest.submit(() -> host.inEventLoop()).get()).isFalse();
  }

  @Test
  void whatOneLeavesToAnotherRunsAfterIt() throws Exception {
    gather();
    for (EventLoop from : List.of(host, guest)) {
      EventLoop to = from == host ? guest : host;
      AtomicBoolean inside = new AtomicBoolean();
      CompletableFuture<Boolean> seen = new CompletableFuture<>();
      from.execute(
          () -> {
            inside.set(true);
            to.execute(() -> seen.complete(inside.get()));
            inside.set(false);
          });
      assertThat(seen.get()).isFalse();
    }
  }

  @Test
  void guestsAreWokenFromOutside() throws Exception {
    gather();
    for (int i = 0; i < 5_000; i++) { // each finds the thread asleep, or about to sleep
      for (EventLoop loop : loops) {
        int number = i;
        assertThat(loop.submit(() -> number).get()).isEqualTo(i);
      }
    }
  }

  @Test
  void timersOfGuestsWakeTheHost() throws Exception {
    gather();
    CompletableFuture<Long> late = new CompletableFuture<>();
    guest.execute(
        () -> {
          long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(20);
          guest.schedule(() -> late.complete(System.nanoTime() - due), 20, TimeUnit.MILLISECONDS);
        });
    assertThat(late.get()).isNotNegative();
    guest.schedule(() -> {}, 1, TimeUnit.MILLISECONDS).get(); // asked for from outside
  }

  @Test
  void guestsGetTheirThreadBackWhenThereIsMuchToDo() throws Exception {
    gather();
    spread();
    assertThat(threadOf(guest)).isNotSameAs(threadOf(host));
    gather(); // and come again
  }

  @Test
  void nothingIsLostOrOutOfOrderWhileLoopsChangeThreads() throws Exception {
    AtomicBoolean ends = new AtomicBoolean();
    List<CompletableFuture<Void>> posters = new ArrayList<>();
    for (EventLoop loop : loops) {
      CompletableFuture<Void> poster = new CompletableFuture<>();
      posters.add(poster);
      new Thread(() -> post(loop, ends, poster)).start();
    }
    for (int i = 0; i < 3; i++) {
      gather();
      spread();
    }
    ends.set(true);
    for (CompletableFuture<Void> poster : posters) {
      poster.get();
    }
  }

  @Test
  void endsWithItsGuests() throws Exception {
    gather();
    end(group);
    assertThat(group.isTerminated()).isTrue();
  }

  @Test
  void aGuestEndsAlone() throws Exception {
    gather();
    guest.shutdownGracefully(0, 5, TimeUnit.SECONDS).get();
    assertThat(guest.isTerminated()).isTrue();
    assertThat(threadOf(loops.get(2))).isSameAs(threadOf(host));
  }

  @Test
  void endsWhileLoopsLookForAHost() throws Exception {
    for (int i = 0; i < 30; i++) {
      GatheringLoopGroup shortLived = group();
      for (EventExecutor loop : shortLived) {
        loop.schedule(() -> loop.execute(() -> {}), 10 + i % 5, TimeUnit.MILLISECONDS);
      }
      shortLived.next().schedule(() -> {}, 12, TimeUnit.MILLISECONDS).get();
      end(shortLived);
    }
  }

  /** One after the other, each with its number; some before the last one has run. */
  private static void post(EventLoop loop, AtomicBoolean ends, CompletableFuture<Void> result) {
    int[] ran = {0};
    try {
      for (int i = 0; !ends.get(); i++) {
        int number = i;
        Future<?> done =
            loop.submit(
                () -> {
                  assertThat(loop.inEventLoop()).isTrue();
                  assertThat(ran[0]++).isEqualTo(number);
                });
        if (i % 3 == 0) {
          done.get();
        }
      }
      result.complete(null);
    } catch (Exception | AssertionError e) {
      result.completeExceptionally(e);
    }
  }

  /** Gives every loop a little to do until all are on one thread. */
  private void gather() throws Exception {
    Thread thread = threadOf(host);
    for (EventLoop loop : loops) {
      while (threadOf(loop) != thread) {
        loop.schedule(() -> {}, 5, TimeUnit.MILLISECONDS).get();
      }
    }
  }

  /** Gives every loop all it can do until no two are on one thread. */
  private void spread() throws Exception {
    AtomicBoolean ends = new AtomicBoolean();
    loops.forEach(loop -> work(loop, ends));
    while (loops.stream().map(this::threadOf).distinct().count() < LOOPS) {
      Thread.onSpinWait();
    }
    ends.set(true);
  }

  private static void work(EventLoop loop, AtomicBoolean ends) {
    long until = System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(200);
    while (System.nanoTime() < until) {
      Thread.onSpinWait();
    }
    if (!ends.get()) {
      loop.execute(() -> work(loop, ends));
    }
  }

  private Thread threadOf(EventLoop loop) {
    try {
      return loop.submit(Thread::currentThread).get();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static GatheringLoopGroup group() {
    return new GatheringLoopGroup(
        LOOPS,
        work -> {
          Thread thread = new Thread(work);
          thread.setDaemon(true);
          return thread;
        },
        EpollIoHandler.newFactory());
  }

  private static void end(GatheringLoopGroup group) throws Exception {
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).get();
  }
}
