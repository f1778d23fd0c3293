package io.culvert.runtime.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FlushRoundsTest {
  private static final long SLICE = FlushRounds.SLICE_NANOS;

  private final List<String> flushed = new ArrayList<>();
  private long nowNanos = Long.MAX_VALUE - SLICE; // the clock may run over
  private final FlushRounds rounds = new FlushRounds(() -> nowNanos);

  @Test
  void thoseWithLittleGoFirst() {
    add("much", false, 1);
    add("little", true, 1);
    rounds.flush(0);

    assertThat(flushed).containsExactly("little", "much");
    assertThat(rounds.hasMore()).isFalse();
    assertThat(rounds.isBehind()).isFalse();
  }

  @Test
  void answersGoAfterWhatIsDelivered() {
    rounds.addAnswering(member("answer", true, 1));
    add("much", false, 1);
    add("message", true, 1);
    rounds.flush(0);

    assertThat(flushed).containsExactly("message", "answer", "much");
    assertThat(rounds.hasMore()).isFalse();
  }

  @Test
  void answersWaitInTheLineToo() {
    add("message", true, SLICE);
    IntStream.range(0, 17).forEach(i -> rounds.addAnswering(member("a" + i, true, 0)));
    rounds.flush(0);
    assertThat(flushed).startsWith("message", "a0").hasSize(17);
    assertThat(rounds.hasMore()).isTrue();

    rounds.flush(0);
    assertThat(flushed).hasSize(18).endsWith("a16");
    assertThat(rounds.hasMore()).isFalse();
  }

  /** What all have to send together decides, too: a few may have more each. */
  @Test
  void littleIsAPartOfWhatASliceSends() {
    addBytes("page", 64 * 1024);
    addBytes("answer", 2);
    rounds.flush(0);
    assertThat(flushed).containsExactly("page", "answer");

    flushed.clear();
    List<String> readers = IntStream.range(0, 1000).mapToObj(i -> "r" + i).toList();
    readers.forEach(name -> addBytes(name, 3 * 1024));
    addBytes("answer", 2);
    rounds.flush(0);
    assertThat(flushed).startsWith("answer", "r0").endsWith("r999");

    flushed.clear();
    readers.forEach(name -> addBytes(name, 1024));
    addBytes("answer", 2);
    rounds.flush(0);
    assertThat(flushed).startsWith("r0").endsWith("answer");
  }

  @Test
  void aSliceEndsAndTheNextGoesOnWhereItEnded() {
    for (int i = 0; i < 5; i++) {
      add("much" + i, false, SLICE / 2);
    }
    rounds.flush(0);
    assertThat(flushed).containsExactly("much0", "much1");
    assertThat(rounds.isBehind()).isTrue();

    add("little", true, 1);
    rounds.flush(0);
    assertThat(flushed).containsExactly("much0", "much1", "little", "much2", "much3");

    rounds.flush(0);
    assertThat(flushed).endsWith("much4");
    assertThat(rounds.hasMore()).isFalse();
  }

  @Test
  void aRoundEndsThoughMoreAreAddedAllTheTime() {
    add("a", false, SLICE);
    add("b", false, SLICE);
    int ended = 0;
    for (int i = 0; i < 20; i++) {
      add("more" + i, false, SLICE);
      add("more still" + i, false, SLICE);
      rounds.flush(0);
      ended += rounds.isBehind() ? 0 : 1;
      assertThat(rounds.hasMore()).isTrue();
    }
    assertThat(ended).isPositive();
    assertThat(flushed).hasSize(20).startsWith("a", "b", "more0", "more still0");
  }

  @Test
  void eachCallDoesSomethingHoweverLongItTakes() {
    add("a", false, 10 * SLICE);
    add("b", false, 10 * SLICE);
    rounds.flush(0);
    assertThat(flushed).containsExactly("a");
    rounds.flush(0);
    assertThat(flushed).containsExactly("a", "b");
  }

  /** One message for very many: each has little, and all together much. */
  @Test
  void veryManyWithLittleAreSlicedToo() {
    List<String> names = IntStream.range(0, 1000).mapToObj(i -> "l" + i).toList();
    names.forEach(name -> add(name, true, SLICE / 100));
    rounds.flush(0);
    assertThat(flushed).hasSizeBetween(100, 120);

    add("healthy", true, 1);
    rounds.flush(0);
    assertThat(flushed.subList(0, 130)).contains("healthy");
    while (rounds.hasMore()) {
      rounds.flush(0);
    }
    flushed.remove("healthy");
    assertThat(flushed).isEqualTo(names);
  }

  /** Else each would be sent one message at a time, however many come. */
  @Test
  void whoHasGoneFirstWaitsWithTheOthersUntilTheRoundIsOver() {
    List<String> names = IntStream.range(0, 1000).mapToObj(i -> "l" + i).toList();
    List<FlushRounds.Member> members =
        names.stream().map(n -> member(n, true, SLICE / 100)).toList();
    members.forEach(rounds::add);
    rounds.flush(0);
    int first = flushed.size();
    assertThat(first).isLessThan(200);

    members.subList(0, first).forEach(rounds::add);
    while (rounds.isBehind()) {
      rounds.flush(0);
    }
    assertThat(flushed).isEqualTo(names);

    while (rounds.hasMore()) {
      rounds.flush(0);
    }
    assertThat(flushed).hasSize(names.size() + first);
  }

  /**
   * A client with few messages does not wait for a message to very many, however often it sends.
   */
  @Test
  void aFewGoFirstAsOftenAsTheyLike() {
    IntStream.range(0, 1000).forEach(i -> add("much" + i, false, SLICE / 4));
    rounds.flush(0);
    List<FlushRounds.Member> few =
        IntStream.range(0, FlushRounds.FEW).mapToObj(i -> member("few" + i, true, 1)).toList();

    for (int call = 0; call < 3; call++) {
      flushed.clear();
      few.forEach(rounds::add);
      rounds.flush(0);
      assertThat(rounds.isBehind()).isTrue();
      assertThat(flushed)
          .startsWith("few0")
          .hasSizeBetween(FlushRounds.FEW + 3, FlushRounds.FEW + 4);
      assertThat(flushed.subList(0, FlushRounds.FEW)).allMatch(name -> name.startsWith("few"));
    }

    FlushRounds.Member oneMore = member("one more", true, 1);
    rounds.add(oneMore);
    rounds.flush(0);
    assertThat(flushed).contains("one more");
    flushed.clear();
    few.forEach(rounds::add);
    rounds.add(oneMore);
    rounds.flush(0);
    assertThat(flushed).isNotEmpty().allMatch(name -> name.startsWith("much"));
  }

  /** What others are sent meanwhile does not make a few many, however much of it there is. */
  @Test
  void aFewGoFirstBesideManyWhoAreSentMuch() {
    IntStream.range(0, 100).forEach(i -> add("much" + i, false, SLICE / 4));
    FlushRounds.Member few = member("few", true, 1);
    for (int call = 0; call < 3; call++) {
      IntStream.range(0, 100).forEach(i -> add("more" + i, false, SLICE / 4));
      rounds.add(few);
      flushed.clear();
      rounds.flush(0);
      assertThat(rounds.isBehind()).isTrue();
      assertThat(flushed).startsWith("few", "much" + 4 * call).hasSizeBetween(4, 5);
    }
  }

  @Test
  void whoIsAddedWhileItIsFlushedWaitsForTheNextCall() {
    rounds.add(
        new FlushRounds.Member() {
          @Override
          boolean isLight(int lightBytes) {
            return false;
          }

          @Override
          void flush(long nowMillis) {
            flushed.add("again");
            rounds.add(this);
          }
        });
    rounds.flush(0);
    assertThat(flushed).hasSize(1);
    assertThat(rounds.hasMore()).isTrue();
    assertThat(rounds.isBehind()).isFalse();
    rounds.flush(0);
    assertThat(flushed).hasSize(2);
  }

  private void add(String name, boolean isLight, long nanos) {
    rounds.add(member(name, isLight, nanos));
  }

  private void addBytes(String name, int bytes) {
    rounds.add(member(name, bytes, 0));
  }

  private FlushRounds.Member member(String name, boolean isLight, long nanos) {
    return member(name, isLight ? 0 : Integer.MAX_VALUE, nanos);
  }

  private FlushRounds.Member member(String name, int bytes, long nanos) {
    return new FlushRounds.Member() {
      @Override
      boolean isLight(int lightBytes) {
        return bytes <= lightBytes;
      }

      @Override
      void flush(long nowMillis) {
        flushed.add(name);
        nowNanos += nanos;
      }
    };
  }
}
