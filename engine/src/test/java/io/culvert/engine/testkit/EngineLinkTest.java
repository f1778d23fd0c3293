package io.culvert.engine.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.engine.Bytes;
import io.culvert.engine.testkit.EchoEngine.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class EngineLinkTest {
  private final VirtualClock clock = new VirtualClock();
  private EchoEngine client = new EchoEngine(Fault.NONE);
  private final List<String> replies = new ArrayList<>();
  private EchoEngine server = new EchoEngine(Fault.NONE);
  private EngineLink<Bytes, Bytes> link = link();

  @Test
  void framesGoThereAndBack() {
    client.send("hello");
    client.send("world");
    link.runUntilIdle();

    assertThat(replies).containsExactly("hello", "world");
  }

  @Test
  void latencyCountsInBothDirections() {
    link.latencyMillis(30);
    client.send("hello");
    long start = clock.nowMillis();
    link.runUntilIdle();

    assertThat(replies).containsExactly("hello");
    assertThat(clock.nowMillis() - start).isEqualTo(60);
  }

  @Test
  void nothingArrivesWhileTheLinkIsCutAndAllOfItAfterHealing() {
    link.cut();
    client.send("one");
    link.runUntilIdle();
    assertThat(replies).isEmpty();

    link.heal();
    client.send("two");
    link.runUntilIdle();
    assertThat(replies).containsExactly("one", "two");
  }

  @Test
  void bothEnginesLearnOfAReset() {
    link.latencyMillis(10);
    client.send("lost");
    link.advance(5);
    link.reset();
    link.runUntilIdle();

    assertThat(client.hasEnded()).isTrue();
    assertThat(server.hasEnded()).isTrue();
    assertThat(replies).isEmpty();
    assertThat(link.left().isClosed()).isTrue();
    assertThat(link.right().isClosed()).isTrue();
  }

  @Test
  void theEndOfTheStreamComesAfterWhatWasSent() {
    client.send("last");
    link.left().endStream();
    link.runUntilIdle();

    assertThat(server.hasEnded()).isTrue();
    assertThat(replies).containsExactly("last");
  }

  @Test
  void closesAfterWhatWasSent() {
    client.send("bye");
    client.send("never looked at");
    link.runUntilIdle();

    assertThat(replies).containsExactly("bye");
    assertThat(link.right().isClosed()).isTrue();
    assertThat(client.hasEnded()).isTrue();
  }

  @Test
  void theSocketIsNotReadWhileADecisionIsAwaited() {
    client.send("?may I");
    link.runUntilIdle();
    client.send("more");
    link.runUntilIdle();
    assertThat(replies).containsExactly("?may I");
    assertThat(link.right().unreadBytes()).isEqualTo(5);

    server.decide();
    link.runUntilIdle();
    // The client awaits a decision as well: it has received the same text.
    client.decide();
    link.runUntilIdle();
    assertThat(replies).containsExactly("?may I", "more");
  }

  @Test
  void aWriterWaitsForRoomInTheWindow() {
    link.windowBytes(10);
    client.send("?");
    IntStream.range(0, 10).forEach(i -> client.send("text " + i));
    link.runUntilIdle();
    assertThat(client.outbox().pendingBytes()).isPositive();

    server.decide();
    link.runUntilIdle();
    client.decide();
    link.runUntilIdle();
    assertThat(client.outbox().isEmpty()).isTrue();
    assertThat(replies).hasSize(11).endsWith("text 9");
  }

  @Test
  void anEngineThatKeepsSomethingBackIsPolledWhenThereIsRoom() {
    link.windowBytes(10);
    IntStream.range(0, 20).forEach(i -> client.sendWhenThereIsRoom("text " + i));
    link.runUntilIdle();

    assertThat(replies).hasSize(20).endsWith("text 19");
  }

  @Test
  void timeoutIsCalledAtTheDeadline() {
    client.send("hello");
    link.runUntilIdle();
    link.advance(EchoEngine.IDLE_MILLIS - 1);
    assertThat(link.right().isClosed()).isFalse();

    link.advance(1);
    assertThat(link.right().isClosed()).isTrue();
  }

  @Test
  void aDeadlineThatWasPutOffIsNotCalledEarly() {
    client.send("one");
    link.runUntilIdle();
    link.advance(EchoEngine.IDLE_MILLIS - 1);
    client.send("two");
    link.runUntilIdle();
    link.advance(EchoEngine.IDLE_MILLIS - 1);
    assertThat(link.right().isClosed()).isFalse();

    link.advance(1);
    assertThat(link.right().isClosed()).isTrue();
  }

  @Property(tries = 200)
  void anyHabitsGiveTheSameReplies(
      @ForAll long seed, @ForAll @IntRange(max = 40) int texts, @ForAll boolean slow) {
    startAnew();
    link.habits(DriverHabits.random(seed)).windowBytes(slow ? 7 : 10_000);
    List<String> expected =
        IntStream.range(0, texts).mapToObj(i -> "text " + i + "!".repeat(i)).toList();
    expected.forEach(client::send);
    link.runUntilIdle();

    assertThat(replies).isEqualTo(expected);
  }

  @Test
  void byteByByteGivesTheSameReplies() {
    link.habits(DriverHabits.byteByByte());
    client.send("hello");
    client.send("world");
    link.runUntilIdle();

    assertThat(replies).containsExactly("hello", "world");
  }

  @Test
  void findsAnEngineThatKeepsBorrowedBytes() {
    use(Fault.KEEPS_BORROWED_BYTES);
    link.habits(DriverHabits.byteByByte());
    client.send("hello");
    link.runUntilIdle();

    assertThat(replies).doesNotContain("hello");
  }

  @Test
  void findsAnEngineThatWritesToBorrowedBytes() {
    use(Fault.WRITES_TO_BORROWED_BYTES);
    client.send("hello");

    assertThatThrownBy(() -> link.runUntilIdle())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("borrowed");
  }

  @Test
  void findsAnEngineWhoseDeadlineStaysInThePast() {
    use(Fault.DEADLINE_STAYS_IN_THE_PAST);
    client.send("hello");
    link.runUntilIdle();

    assertThatThrownBy(() -> link.advance(EchoEngine.IDLE_MILLIS))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("deadline");
  }

  @Test
  void findsAnEngineThatGoesOnWithoutADecision() {
    use(Fault.EVENT_WHILE_A_DECISION_IS_AWAITED);
    client.send("?may I");
    client.send("go on");

    assertThatThrownBy(() -> link.runUntilIdle())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("while a decision is awaited");
  }

  @Test
  void aTestCanSpeakByHand() {
    RawPeer raw = new RawPeer();
    EngineLink<Bytes, Bytes> byHand =
        new EngineLink<>(clock, raw, event -> {}, server, server::send);
    raw.send(Bytes.hex("026869"));
    byHand.runUntilIdle();
    assertThat(raw.takeReceived()).isEqualTo(Bytes.hex("026869"));
    assertThat(raw.takeReceived().isEmpty()).isTrue();

    raw.close();
    byHand.runUntilIdle();
    assertThat(server.hasEnded()).isTrue();
    assertThat(raw.hasEnded()).isFalse();
  }

  /** All tries of a property share one instance of this class. */
  private void startAnew() {
    client = new EchoEngine(Fault.NONE);
    replies.clear();
    use(Fault.NONE);
  }

  private void use(Fault fault) {
    server = new EchoEngine(fault);
    link = link();
  }

  private EngineLink<Bytes, Bytes> link() {
    return new EngineLink<>(
        clock, client, event -> replies.add(event.toUtf8()), server, server::send);
  }
}
