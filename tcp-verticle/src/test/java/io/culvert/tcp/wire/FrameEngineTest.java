package io.culvert.tcp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.BufferPool;
import io.culvert.engine.Bytes;
import io.culvert.engine.Engine;
import io.culvert.engine.Outbox;
import io.culvert.engine.Wake;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameEngineTest {
  private static final MessageCodec CODEC = MessageCodec.of(Dialect.DEFAULT);
  private static final FrameLimits LIMITS = new FrameLimits(1000, 400, 100, 5000, 300, 700);
  private static final Bytes ECHO = CODEC.encode(Message.of(MessageType.REQUEST_URI, "echo", "hi"));

  private final FrameEngine engine =
      new FrameEngine(CODEC, LIMITS, new BufferPool(), Wake.NOBODY, 0);

  @Test
  void messagesComeOneAtATime() {
    engine.receive(ECHO);
    engine.receive(ECHO);
    assertThat(uriOf(engine.poll(0))).isEqualTo("echo");
    assertThat(engine.awaitsDecision()).isTrue();
    assertThat(engine.poll(1)).isNull();
    engine.proceed();
    assertThat(engine.awaitsDecision()).isFalse();
    assertThat(uriOf(engine.poll(1))).isEqualTo("echo");
  }

  @Test
  void lengthIsRefusedBeforeTheFrameIsBuffered() {
    engine.receive(Bytes.hex("0000050400" + "00000000")); // a body of 1024 bytes
    assertBroken("a frame of 1038 bytes; at most 1000 are taken");
    assertThat(engine.status()).isEqualTo(Engine.Status.CLOSE_AFTER_FLUSH);
  }

  @Test
  void frameMustBeCompleteInTime() {
    engine.receive(ECHO.slice(0, 3));
    assertThat(engine.poll(10)).isNull();
    assertThat(engine.deadlineMillis()).isEqualTo(110);
    engine.receive(ECHO.slice(3, 12)); // a header, and no end of the time
    assertThat(engine.poll(100)).isNull();
    assertThat(engine.deadlineMillis()).isEqualTo(110);
    engine.timeout(110);
    assertThat(engine.poll(110)).isInstanceOf(FrameEvent.Broken.class);
  }

  @Test
  void idlePeersAreLetGo() {
    assertThat(engine.poll(0)).isNull();
    assertThat(engine.deadlineMillis()).isEqualTo(5000);
    assertThat(engine.poll(4999)).isNull();
    assertThat(engine.poll(5000)).isInstanceOf(FrameEvent.Broken.class);
  }

  @Test
  void slowHandlerIsToldOnce() {
    engine.receive(ECHO);
    assertThat(engine.poll(0)).isInstanceOf(FrameEvent.Received.class);
    assertThat(engine.deadlineMillis()).isEqualTo(300);
    assertThat(engine.poll(299)).isNull();
    assertThat(engine.poll(300)).isInstanceOf(FrameEvent.Overdue.class);
    assertThat(engine.poll(301)).isNull();
    assertThat(engine.deadlineMillis()).isEqualTo(Engine.NO_DEADLINE);
  }

  @Test
  void queueOfAPeerThatDoesNotReadIsBounded() {
    Bytes frame = CODEC.encode(Message.of(MessageType.NOTIFY_URI, "n", "x".repeat(100)));
    int sent = 0;
    while (engine.send(frame)) {
      sent++;
    }
    assertThat(engine.outbox().pendingBytes()).isLessThanOrEqualTo(400);
    assertThat(sent).isEqualTo(3);
    engine.receive(ECHO);
    assertThat(engine.poll(0)).isNull(); // what waits must leave first
    assertThat(engine.awaitsDecision()).isTrue();
    engine.outbox().clear();
    assertThat(engine.poll(1)).isInstanceOf(FrameEvent.Received.class);
  }

  @Test
  void peerThatNeverReadsIsLetGo() {
    Bytes frame = CODEC.encode(Message.of(MessageType.NOTIFY_URI, "n", "x".repeat(250)));
    assertThat(engine.send(frame)).isTrue();
    assertThat(engine.poll(1)).isNull();
    assertThat(engine.deadlineMillis()).isEqualTo(701);
    assertThat(engine.poll(701)).isInstanceOf(FrameEvent.Broken.class);
  }

  @Test
  void aFrameLargerThanTheQueueStillPassesAlone() {
    Bytes frame = CODEC.encode(Message.of(MessageType.NOTIFY_URI, "n", "x".repeat(900)));
    assertThat(engine.send(frame)).isTrue();
    assertThat(engine.send(frame)).isFalse();
  }

  @Test
  void endWithinAFrameIsAViolation() {
    engine.receive(ECHO.slice(0, ECHO.length() - 1));
    engine.receiveEnd();
    assertBroken("the stream has ended within a frame");
  }

  @Test
  void endIsHandledAfterTheAnswer() {
    engine.receive(ECHO);
    engine.receiveEnd();
    assertThat(engine.poll(0)).isInstanceOf(FrameEvent.Received.class);
    assertThat(engine.poll(0)).isNull();
    assertThat(engine.send(ECHO)).isTrue();
    engine.proceed();
    assertThat(engine.poll(0)).isInstanceOf(FrameEvent.Ended.class);
    assertThat(engine.status()).isEqualTo(Engine.Status.CLOSE_AFTER_FLUSH);
    assertThat(sent(engine)).isEqualTo(ECHO.toHex());
  }

  @Test
  void lastWordsGoOutAfterAViolation() {
    engine.receive(Bytes.utf8("GET / HTTP/1.1\r\n\r\n"));
    assertBroken("message type 71 is not known");
    assertThat(engine.send(ECHO)).isTrue();
    assertThat(sent(engine)).isEqualTo(ECHO.toHex());
  }

  @Test
  void nothingIsTakenAfterTheEnd() {
    engine.abort();
    engine.receive(ECHO);
    assertThat(engine.poll(0)).isNull();
    assertThat(engine.send(ECHO)).isFalse();
    assertThat(engine.deadlineMillis()).isEqualTo(Engine.NO_DEADLINE);
  }

  private void assertBroken(String detail) {
    assertThat(engine.poll(0))
        .isInstanceOfSatisfying(
            FrameEvent.Broken.class,
            broken -> assertThat(broken.violation().detail()).isEqualTo(detail));
  }

  private static String uriOf(FrameEvent event) {
    return ((FrameEvent.Received) event).frame().message().uri().toUtf8();
  }

  private static String sent(FrameEngine engine) {
    List<String> pieces = new ArrayList<>();
    engine
        .outbox()
        .drainTo(
            new Outbox.Sink() {
              @Override
              public void copied(byte[] array, int start, int length) {
                pieces.add(Bytes.wrap(array, start, length).copy().toHex());
              }

              @Override
              public void shared(Bytes bytes) {
                pieces.add(bytes.toHex());
              }
            });
    return String.join("", pieces);
  }
}
