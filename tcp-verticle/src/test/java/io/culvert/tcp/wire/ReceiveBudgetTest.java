package io.culvert.tcp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.BufferPool;
import io.culvert.engine.Bytes;
import io.culvert.engine.Engine;
import io.culvert.engine.Wake;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Many connections, each with half a frame. */
class ReceiveBudgetTest {
  private static final MessageCodec CODEC = MessageCodec.of(Dialect.DEFAULT);
  private static final Bytes FRAME =
      CODEC.encode(Message.of(MessageType.PUBLISH_URI, "u", "x".repeat(1_000)));
  private static final Bytes HALF = FRAME.slice(0, 1_000);

  /** The header is read and kept no more. */
  private static final int HELD = HALF.length() - PlainHeader.LENGTH;

  private final ReceiveBudget budget = new ReceiveBudget(10 * HELD + 500);
  private final List<FrameEngine> engines = new ArrayList<>();

  @Test
  void oldestHalfFrameMakesRoom() {
    for (int i = 0; i < 10; i++) {
      assertThat(receive(open(), HALF)).isNull();
    }
    assertThat(budget.heldBytes()).isEqualTo(10 * HELD);
    assertThat(budget.evicted()).isZero();
    assertThat(receive(open(), HALF)).isNull();
    assertThat(budget.heldBytes()).isEqualTo(10 * HELD);
    assertThat(budget.evicted()).isEqualTo(1);
    assertThat(engines.get(0).poll(0))
        .isInstanceOfSatisfying(
            FrameEvent.Broken.class,
            broken -> assertThat(broken.violation().detail()).contains("all connections together"));
    assertThat(engines.get(0).status()).isEqualTo(Engine.Status.CLOSE_AFTER_FLUSH);
    assertThat(receive(engines.get(1), FRAME.slice(1_000, FRAME.length())))
        .isInstanceOf(FrameEvent.Received.class);
  }

  @Test
  void whoCompletesFramesIsNotTheOldest() {
    FrameEngine busy = open();
    assertThat(receive(busy, HALF)).isNull();
    FrameEngine stalled = open();
    assertThat(receive(stalled, HALF)).isNull();
    byte[] restAndHalf = new byte[FRAME.length()];
    FRAME.slice(1_000, FRAME.length()).copyTo(restAndHalf, 0);
    HALF.copyTo(restAndHalf, FRAME.length() - 1_000);
    assertThat(receive(busy, Bytes.wrap(restAndHalf))).isInstanceOf(FrameEvent.Received.class);
    busy.proceed();
    assertThat(busy.poll(0)).isNull();
    for (int i = 0; i < 8; i++) {
      receive(open(), HALF);
    }
    assertThat(stalled.poll(0)).isInstanceOf(FrameEvent.Broken.class);
    assertThat(busy.poll(0)).isNull();
  }

  @Test
  void whatEndsIsHeldNoMore() {
    FrameEngine aborted = open();
    receive(aborted, HALF);
    FrameEngine closed = open();
    receive(closed, HALF);
    FrameEngine broken = open();
    receive(broken, HALF);
    FrameEngine complete = open();
    receive(complete, HALF);
    assertThat(budget.heldBytes()).isEqualTo(4 * HELD);
    aborted.abort();
    closed.close();
    broken.receiveEnd();
    assertThat(broken.poll(0)).isInstanceOf(FrameEvent.Broken.class);
    receive(complete, FRAME.slice(1_000, FRAME.length()));
    complete.proceed();
    assertThat(complete.poll(0)).isNull();
    assertThat(budget.heldBytes()).isZero();
  }

  private FrameEngine open() {
    FrameEngine engine =
        new FrameEngine(CODEC, FrameLimits.DEFAULT, budget, new BufferPool(), Wake.NOBODY, 0);
    engines.add(engine);
    return engine;
  }

  private static FrameEvent receive(FrameEngine engine, Bytes bytes) {
    engine.receive(bytes);
    return engine.poll(0);
  }
}
