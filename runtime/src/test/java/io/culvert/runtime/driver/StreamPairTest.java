package io.culvert.runtime.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two ends in memory behave as two ends of a socket. */
@ExtendWith(VertxExtension.class)
class StreamPairTest {
  private static final int FULL_BYTES = 64 * 1024;

  @Test
  void isFullUntilThePeerHasRead(Vertx vertx, VertxTestContext test) {
    vertx.runOnContext(
        now -> {
          StreamPair pair = StreamPair.on(vertx.getOrCreateContext());
          StreamPair.End reader = pair.second();
          Buffer read = Buffer.buffer();
          reader.handler(read::appendBuffer);
          reader.pause();
          pair.first().write(Buffer.buffer(new byte[FULL_BYTES - 1]));
          test.verify(() -> assertThat(pair.first().writeQueueFull()).isFalse());
          pair.first().write(Buffer.buffer(new byte[1]));
          test.verify(() -> assertThat(pair.first().writeQueueFull()).isTrue());
          pair.first()
              .drainHandler(
                  drained ->
                      test.verify(
                          () -> {
                            assertThat(read.length()).isEqualTo(FULL_BYTES);
                            assertThat(pair.first().writeQueueFull()).isFalse();
                            test.completeNow();
                          }));
          reader.resume();
        });
  }

  @Test
  void thePeerReadsWhatWasWrittenBeforeTheClose(Vertx vertx, VertxTestContext test) {
    vertx.runOnContext(
        now -> {
          StreamPair pair = StreamPair.on(vertx.getOrCreateContext());
          Buffer read = Buffer.buffer();
          pair.first().write(Buffer.buffer("last words"));
          pair.first().close();
          pair.second()
              .endHandler(
                  ended ->
                      test.verify(
                          () -> {
                            assertThat(read.toString()).isEqualTo("last words");
                            test.completeNow();
                          }));
          pair.second().handler(read::appendBuffer);
        });
  }

  @Test
  void aClosedEndReadsNothingMore(Vertx vertx, VertxTestContext test) {
    vertx.runOnContext(
        now -> {
          StreamPair pair = StreamPair.on(vertx.getOrCreateContext());
          pair.first().handler(chunk -> test.failNow("read after it was closed"));
          pair.second().write(Buffer.buffer("on its way"));
          pair.first().close();
          pair.second().write(Buffer.buffer("too late"));
          vertx.runOnContext(later -> vertx.runOnContext(last -> test.completeNow()));
        });
  }
}
