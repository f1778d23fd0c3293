package io.culvert.engine.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.engine.ShardLink;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SimulatedLinksTest {
  private final VirtualClock clock = new VirtualClock();
  private final SimulatedLinks links = new SimulatedLinks(clock, 7, 100);
  private final Node one = new Node(1);
  private final Node two = new Node(2);

  @Test
  void framesArriveInOrderWhenTheirTimeHasCome() {
    links.takesMillis(5, 5);
    one.send(2, "a", "b");
    clock.advance(4);
    assertThat(two.seen).isEmpty();

    clock.advance(1);
    assertThat(two.seen).containsExactly("1:a", "1:b");
  }

  @Test
  void withoutFaultsNothingIsLostRepeatedOrOvertaken() {
    links.takesMillis(1, 50);
    List<String> sent = sendOneByOne(100);

    assertThat(two.seen).isEqualTo(sent);
  }

  @Test
  void packetsOvertakeWhenTheyMay() {
    links.takesMillis(1, 50);
    links.faults(0, 0, true);
    List<String> sent = sendOneByOne(100);

    assertThat(two.seen).containsExactlyInAnyOrderElementsOf(sent).isNotEqualTo(sent);
  }

  @Test
  void packetsAreLost() {
    links.faults(0.5, 0, false);
    List<String> sent = sendOneByOne(100);

    assertThat(two.seen).isSubsetOf(sent).hasSizeBetween(20, 80);
  }

  @Test
  void packetsAreRepeated() {
    links.faults(0, 0.5, false);
    List<String> sent = sendOneByOne(100);

    assertThat(two.seen).containsAll(sent).hasSizeBetween(120, 180);
  }

  @Test
  void aCutHoldsInItsDirectionOnly() {
    links.cut(1, 2);
    one.send(2, "lost");
    two.send(1, "heard");
    clock.advance(10);
    assertThat(two.seen).isEmpty();
    assertThat(one.seen).containsExactly("2:heard");

    links.heal(1, 2);
    one.send(2, "found");
    clock.advance(10);
    assertThat(two.seen).containsExactly("1:found");
  }

  @Test
  void aFullLinkRefusesAndTellsWhenThereIsRoom() {
    String frame = "x".repeat(60);
    assertThat(one.send(2, frame, frame)).isTrue();
    assertThat(one.send(2, frame)).isFalse();
    clock.advance(10);
    assertThat(one.seen).containsExactly("room:2");
    assertThat(one.send(2, frame)).isTrue();
  }

  @Test
  void aNodeThatHasCrashedNeitherHearsNorSpeaks() {
    one.send(2, "on its way");
    links.crash(2);
    two.send(1, "from the grave");
    clock.advance(10);
    Node again = new Node(2);
    one.send(2, "hello again");
    clock.advance(10);

    assertThat(two.seen).isEmpty();
    assertThat(one.seen).isEmpty();
    assertThat(again.seen).containsExactly("1:hello again");
  }

  @Test
  void theSameSeedGivesTheSameRun() {
    assertThat(run(3)).isEqualTo(run(3)).isNotEqualTo(run(4));
  }

  private static List<String> run(long seed) {
    VirtualClock time = new VirtualClock();
    SimulatedLinks seeded = new SimulatedLinks(time, seed, 1000);
    seeded.takesMillis(1, 30);
    seeded.faults(0.2, 0.2, true);
    List<String> seen = new ArrayList<>();
    ShardLink link = seeded.start(1, new Collector(seen));
    seeded.start(2, new Collector(seen));
    for (int i = 0; i < 50; i++) {
      link.send(2, Bytes.utf8("" + i));
      link.flush();
    }
    time.advance(1000);
    return seen;
  }

  private List<String> sendOneByOne(int count) {
    List<String> sent = IntStream.range(0, count).mapToObj(i -> "1:" + i).toList();
    for (String text : sent) {
      one.send(2, text.substring(2));
      clock.advance(5);
    }
    clock.advance(1000);
    return sent;
  }

  private record Collector(List<String> seen) implements ShardLink.Receiver {
    @Override
    public void received(int peer, Bytes frame, long nowMillis) {
      seen.add(peer + ":" + frame.toUtf8());
    }

    @Override
    public void room(int peer, long nowMillis) {
      seen.add("room:" + peer);
    }
  }

  private final class Node {
    private final List<String> seen = new ArrayList<>();
    private final ShardLink link;

    Node(int number) {
      link = links.start(number, new Collector(seen));
    }

    boolean send(int peer, String... texts) {
      boolean taken = true;
      for (String text : texts) {
        taken &= link.send(peer, Bytes.utf8(text));
      }
      link.flush();
      return taken;
    }
  }
}
