package io.culvert.runtime.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ShardRoundsTest {
  private final Vertx vertx = Vertx.vertx();
  private final Shard shard = Shard.currentOrNew(vertx);
  private final List<String> events = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void deadlinesAndWhatWaitsForTheRoundComeWhenAllWereFlushed() throws Exception {
    CompletableFuture<Void> expired = new CompletableFuture<>();
    shard
        .context()
        .runOnContext(
            ignored -> {
              shard.dirty(slow("a", () -> shard.atEndOfRound(() -> events.add("end of round"))));
              shard.dirty(slow("b", () -> assertThat(shard.isBehind()).isTrue()));
              shard.dirty(slow("c", () -> {}));
              deadline(expired);
            });
    expired.get(30, TimeUnit.SECONDS);

    assertThat(events).containsExactly("a", "b", "c", "end of round", "deadline");
  }

  @Test
  void deadlinesComeThoughThereIsAlwaysMoreToFlush() throws Exception {
    CompletableFuture<Void> expired = new CompletableFuture<>();
    shard
        .context()
        .runOnContext(
            ignored -> {
              for (int i = 0; i < 3; i++) {
                shard.dirty(endless(expired));
              }
              deadline(expired);
            });
    expired.get(30, TimeUnit.SECONDS);

    assertThat(events).containsExactly("deadline");
  }

  private void deadline(CompletableFuture<Void> expired) {
    shard.set(
        shard.deadline(
            nowMillis -> {
              events.add("deadline");
              expired.complete(null);
            }),
        shard.nowMillis());
  }

  /** Takes a whole slice. */
  private FlushRounds.Member slow(String name, Runnable then) {
    return new Slow() {
      @Override
      void flushed() {
        events.add(name);
        then.run();
      }
    };
  }

  private FlushRounds.Member endless(CompletableFuture<Void> until) {
    return new Slow() {
      @Override
      void flushed() {
        if (!until.isDone()) {
          shard.dirty(this);
        }
      }
    };
  }

  private abstract static class Slow extends FlushRounds.Member {
    abstract void flushed();

    @Override
    boolean isLight(int lightBytes) {
      return false;
    }

    @Override
    void flush(long nowMillis) {
      long endNanos = System.nanoTime() + FlushRounds.SLICE_NANOS;
      while (System.nanoTime() - endNanos < 0) {
        Thread.onSpinWait();
      }
      flushed();
    }
  }
}
