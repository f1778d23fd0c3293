package io.culvert.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ShardExchangeTest {
  private static final int LIMIT_BYTES = 10;

  private final ShardExchange exchange = new ShardExchange(LIMIT_BYTES);
  private final List<Shard> shards = List.of(new Shard(), new Shard(), new Shard());

  @Test
  void framesCrossWithTheFlushAndArriveInTheTurn() {
    shards.get(0).send(1, "a");
    shards.get(0).send(1, "b");
    exchange.turn(1, 0);
    assertThat(shards.get(1).seen).isEmpty();

    shards.get(0).link.flush();
    assertThat(shards.get(1).seen).isEmpty();
    assertThat(shards.get(1).wakes).isEqualTo(1);

    exchange.turn(1, 0);
    assertThat(shards.get(1).seen).containsExactly("0:a", "0:b");
    assertThat(shards.get(2).seen).isEmpty();
  }

  @Test
  void aFullLinkRefusesAndTellsWhenThereIsRoom() {
    assertThat(shards.get(0).send(1, "123456789")).isTrue();
    assertThat(shards.get(0).send(1, "a frame that reaches the limit")).isTrue();
    assertThat(shards.get(0).send(1, "x")).isFalse();
    assertThat(shards.get(0).send(2, "another peer")).isTrue();
    shards.get(0).link.flush();
    exchange.turn(1, 0);
    assertThat(shards.get(0).seen).isEmpty();

    exchange.turn(0, 0);
    assertThat(shards.get(0).seen).containsExactly("room:1");
    assertThat(shards.get(0).send(1, "x")).isTrue();
    shards.get(0).link.flush();
    exchange.turn(1, 0);
    exchange.turn(0, 0);
    assertThat(shards.get(0).seen).hasSize(1);
    assertThat(shards.get(1).seen).endsWith("0:x");
  }

  @Test
  void whatAReceiverSendsArrivesInALaterTurn() {
    shards.get(1).answers = true;
    shards.get(0).send(1, "a");
    shards.get(0).link.flush();
    exchange.turn(1, 0);
    assertThat(shards.get(0).seen).isEmpty();

    exchange.turn(0, 0);
    assertThat(shards.get(0).seen).containsExactly("1:re a");
  }

  @Test
  void refusesToSendToItselfOrToNobody() {
    assertThatThrownBy(() -> shards.get(0).send(0, "a"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> shards.get(0).send(3, "a"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Property(tries = 200)
  void everyFrameArrivesOnceAndInOrder(@ForAll long seed) {
    shards.forEach(shard -> shard.seen.clear());
    Random random = new Random(seed);
    int[][] sent = new int[3][3];
    for (int i = 0; i < 300; i++) {
      int from = random.nextInt(3);
      int to = (from + 1 + random.nextInt(2)) % 3;
      switch (random.nextInt(4)) {
        case 0, 1 -> sent[from][to] += shards.get(from).send(to, "" + sent[from][to]) ? 1 : 0;
        case 2 -> shards.get(from).link.flush();
        default -> exchange.turn(from, 0);
      }
    }
    shards.forEach(shard -> shard.link.flush());
    for (int to = 0; to < 3; to++) {
      exchange.turn(to, 0);
      for (int from = 0; from < 3; from++) {
        assertThat(shards.get(to).numbersFrom(from)).isEqualTo(upTo(sent[from][to]));
      }
    }
  }

  private static List<Integer> upTo(int end) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < end; i++) {
      numbers.add(i);
    }
    return numbers;
  }

  private final class Shard implements ShardLink.Receiver {
    private final List<String> seen = new ArrayList<>();
    private final ShardLink link = exchange.add(this, this::woken);
    private int wakes;
    private boolean answers;

    boolean send(int peer, String text) {
      return link.send(peer, Bytes.utf8(text));
    }

    List<Integer> numbersFrom(int peer) {
      String prefix = peer + ":";
      return seen.stream()
          .filter(text -> text.startsWith(prefix))
          .map(text -> Integer.valueOf(text.substring(prefix.length())))
          .toList();
    }

    @Override
    public void received(int peer, Bytes frame, long nowMillis) {
      seen.add(peer + ":" + frame.toUtf8());
      if (answers) {
        send(peer, "re " + frame.toUtf8());
        link.flush();
      }
    }

    @Override
    public void room(int peer, long nowMillis) {
      seen.add("room:" + peer);
    }

    private void woken() {
      wakes++;
    }
  }
}
