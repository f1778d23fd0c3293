package io.culvert.runtime.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An engine over streams of the same process. */
class AttachTest {
  private final ToyApp app = new ToyApp();
  private final Vertx vertx = Vertx.vertx();
  private final Shard shard = Shard.current(vertx);
  private final MemoryStream in = new MemoryStream();
  private final MemoryStream out = new MemoryStream();
  private final Buffer received = Buffer.buffer();
  private final CompletableFuture<Void> outEnded = new CompletableFuture<>();
  private final AtomicInteger closes = new AtomicInteger();

  @BeforeEach
  void attach() {
    onShard(
        () -> {
          out.handler(received::appendBuffer);
          out.endHandler(ignored -> outEnded.complete(null));
          new StreamServer<>(shard, app).attach(in, out, closes::incrementAndGet);
          return 0;
        });
  }

  @AfterEach
  void stop() {
    vertx.close().toCompletionStage().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  @Test
  void framesComeBackWhateverTheCuts() {
    Buffer all = Buffer.buffer();
    for (int i = 0; i < 200; i++) {
      all.appendBytes(ToyEngine.frame(new byte[i * 3]));
    }
    onShard(
        () -> {
          for (int at = 0; at < all.length(); at += 1 + at % 97) {
            in.write(all.getBuffer(at, Math.min(at + 1 + at % 97, all.length())));
          }
          return 0;
        });
    SocketContract.eventually(() -> onShard(received::length) == all.length());
    assertThat(onShard(received::copy)).isEqualTo(all);
  }

  @Test
  void endOfInputEndsOutputAndClosesOnce() throws Exception {
    onShard(
        () -> {
          in.write(Buffer.buffer(ToyEngine.frame(new byte[] {1})));
          return in.end();
        });
    outEnded.get(20, TimeUnit.SECONDS);
    assertThat(onShard(received::copy)).isEqualTo(Buffer.buffer(ToyEngine.frame(new byte[] {1})));
    assertThat(ToyApp.next(app.closed).cause()).isNull();
    SocketContract.eventually(() -> closes.get() == 1);
    assertThat(app.closed).isEmpty();
  }

  @Test
  void fullStreamLeavesTheRestWithTheEngine() throws Exception {
    ToyEngine engine = ToyApp.next(app.opened);
    onShard(
        () -> {
          out.pause();
          out.setWriteQueueMaxSize(2);
          for (int i = 0; i < 100; i++) {
            engine.send(Bytes.wrap(new byte[10_000]));
          }
          return 0;
        });
    SocketContract.eventually(() -> onShard(out::queued) == 2);
    assertThat(onShard(() -> engine.outbox().pendingBytes())).isPositive();
    assertThat(onShard(engine.queue::size)).isPositive();
    onShard(out::resume);
    SocketContract.eventually(() -> onShard(received::length) == 100 * 10_004);
    assertThat(onShard(engine.queue::size)).isZero();
  }

  @Test
  void inputIsPausedWhileTheEngineAwaitsDecision() throws Exception {
    ToyEngine engine = ToyApp.next(app.opened);
    onShard(
        () -> {
          engine.await();
          for (int i = 0; i < 10; i++) {
            in.write(Buffer.buffer(ToyEngine.frame(new byte[] {(byte) i})));
          }
          return 0;
        });
    assertThat(onShard(() -> in.paused)).isTrue();
    assertThat(onShard(in::queued)).isEqualTo(9);
    onShard(
        () -> {
          engine.decide();
          return 0;
        });
    SocketContract.eventually(() -> onShard(received::length) == 50);
    assertThat(onShard(() -> in.paused)).isFalse();
  }

  @Test
  void inputIsPausedThoughTheEngineIsWokenBeforeEachRead() throws Exception {
    ToyEngine engine = ToyApp.next(app.opened);
    AtomicInteger handled = new AtomicInteger();
    app.onFrame =
        (resting, bytes) -> {
          handled.incrementAndGet();
          resting.await(); // after each frame
        };
    Buffer three = Buffer.buffer();
    for (int i = 0; i < 3; i++) {
      three.appendBytes(ToyEngine.frame(new byte[100]));
    }
    onShard(
        () -> {
          for (int i = 0; i < 10; i++) {
            engine.decide(); // it is looked at only when the turn ends
            in.write(three);
          }
          return 0;
        });
    assertThat(onShard(() -> in.paused)).isTrue();
    assertThat(onShard(in::queued)).isEqualTo(8);
    onShard(
        () -> {
          app.onFrame = (awake, bytes) -> handled.incrementAndGet();
          engine.decide();
          return 0;
        });
    SocketContract.eventually(() -> handled.get() == 30);
    assertThat(onShard(() -> in.paused)).isFalse();
  }

  @Test
  void closedEngineClosesTheStreamsOnce() throws Exception {
    ToyEngine engine = ToyApp.next(app.opened);
    onShard(
        () -> {
          engine.closeNow();
          return 0;
        });
    ToyApp.next(app.closed);
    onShard(in::end);
    assertThat(onShard(closes::get)).isEqualTo(1);
    assertThat(app.closed).isEmpty();
  }

  private <T> T onShard(Supplier<T> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    shard
        .context()
        .runOnContext(
            ignored -> {
              try {
                result.complete(call.get());
              } catch (RuntimeException | Error failure) {
                result.completeExceptionally(failure);
              }
            });
    return result.orTimeout(20, TimeUnit.SECONDS).join();
  }
}
