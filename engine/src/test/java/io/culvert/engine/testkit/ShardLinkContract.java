package io.culvert.engine.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.engine.Bytes;
import io.culvert.engine.ShardLink;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link ShardLink} inside of a process promises, between three shards. */
public abstract class ShardLinkContract {
  protected static final int MAXIMUM_FRAMES = 8;
  protected static final long MAXIMUM_BYTES = 100;
  private static final int SHARDS = 3;

  private final List<Peer> peers = IntStream.range(0, SHARDS).mapToObj(Peer::new).toList();
  private List<? extends ShardLink> links = List.of();

  /** Joins shards whose links have the two bounds above. */
  protected abstract List<? extends ShardLink> join(List<? extends ShardLink.Receiver> receivers);

  /** Does it in a turn of a shard that is not held; what was sent is flushed when it returns. */
  protected abstract void at(int shard, Runnable action);

  /** From now on this shard has no turn. */
  protected abstract void hold(int shard);

  /** The shard has turns again. */
  protected abstract void release(int shard);

  /** Gives turns to all shards that are not held, until nothing happens any more. */
  protected abstract void settle();

  @BeforeEach
  void join() {
    links = join(peers);
  }

  @Test
  void framesArriveOnceInOrderAndAtTheirPeerOnly() {
    at(
        0,
        () -> {
          send(0, 1, "a");
          send(0, 2, "x");
          send(0, 1, "b");
        });
    at(0, () -> send(0, 1, "c"));
    settle();
    assertThat(peers.get(1).seen).containsExactly("0:a", "0:b", "0:c");
    assertThat(peers.get(2).seen).containsExactly("0:x");
    assertThat(peers.get(0).seen).isEmpty();
  }

  @Test
  void aShardWithoutATurnReceivesNothing() {
    hold(1);
    at(0, () -> send(0, 1, "a"));
    at(0, () -> send(0, 1, "b"));
    settle();
    assertThat(peers.get(1).seen).isEmpty();

    release(1);
    settle();
    assertThat(peers.get(1).seen).containsExactly("0:a", "0:b");
  }

  @Test
  void theFrameThatReachesTheBoundOfBytesIsTakenAndTheNextIsNot() {
    hold(1);
    at(
        0,
        () -> {
          assertThat(send(0, 1, "x".repeat(99))).isTrue();
          assertThat(send(0, 1, "y".repeat(500))).isTrue();
          assertThat(send(0, 1, "z")).isFalse();
          assertThat(send(0, 2, "another peer")).isTrue();
        });
    settle();
    at(0, () -> assertThat(send(0, 1, "z")).isFalse());
    assertThat(peers.get(0).seen).isEmpty();

    release(1);
    settle();
    assertThat(peers.get(0).seen).containsExactly("room:1");
    at(0, () -> assertThat(send(0, 1, "z")).isTrue());
    settle();
    assertThat(peers.get(0).seen).as("room is told once").hasSize(1);
    assertThat(peers.get(1).seen).hasSize(3).endsWith("0:z");
  }

  @Test
  void framesAreBoundedTooHoweverSmall() {
    hold(1);
    at(
        0,
        () -> {
          for (int i = 0; i < MAXIMUM_FRAMES; i++) {
            assertThat(send(0, 1, "")).isTrue();
          }
          assertThat(send(0, 1, "")).isFalse();
        });
    release(1);
    settle();
    assertThat(peers.get(0).seen).containsExactly("room:1");
    assertThat(peers.get(1).seen).hasSize(MAXIMUM_FRAMES);
  }

  @Test
  void nothingIsTakenBetweenARefusalAndTheRoom() {
    hold(1);
    at(0, () -> sendMany(0, 1, MAXIMUM_FRAMES / 2));
    at(0, () -> sendMany(0, 1, MAXIMUM_FRAMES / 2));
    at(0, () -> assertThat(send(0, 1, "overtaken?")).isFalse());
    peers.get(0).whenRoom =
        peer -> {
          send(0, peer, "first");
          send(0, peer, "second");
        };
    release(1);
    settle();
    assertThat(peers.get(1).seen).hasSize(MAXIMUM_FRAMES + 2).endsWith("0:first", "0:second");
    assertThat(peers.get(0).seen).containsExactly("room:1");
  }

  @Test
  void whatAReceiverSendsIsFlushedWithItsTurn() {
    peers.get(1).whenReceived = text -> send(1, 0, "re " + text);
    at(0, () -> send(0, 1, "a"));
    settle();
    assertThat(peers.get(0).seen).containsExactly("1:re a");
  }

  @Test
  void refusesToSendToItselfOrToNobody() {
    at(
        0,
        () -> {
          assertThatThrownBy(() -> send(0, 0, "a")).isInstanceOf(IllegalArgumentException.class);
          assertThatThrownBy(() -> send(0, SHARDS, "a"))
              .isInstanceOf(IllegalArgumentException.class);
          assertThatThrownBy(() -> send(0, -1, "a")).isInstanceOf(IllegalArgumentException.class);
        });
  }

  @Test
  void everyFrameThatIsTakenArrivesOnceAndInOrder() {
    Random random = new Random(11);
    int[][] taken = new int[SHARDS][SHARDS];
    boolean[] held = new boolean[SHARDS];
    for (int i = 0; i < 2_000; i++) {
      int from = random.nextInt(SHARDS);
      int to = (from + 1 + random.nextInt(SHARDS - 1)) % SHARDS;
      if (random.nextInt(4) == 0) {
        held[from] = !held[from];
        if (held[from]) {
          hold(from);
        } else {
          release(from);
        }
      } else if (!held[from]) {
        at(from, () -> taken[from][to] += send(from, to, "" + taken[from][to]) ? 1 : 0);
      }
    }
    for (int shard = 0; shard < SHARDS; shard++) {
      if (held[shard]) {
        release(shard);
      }
    }
    settle();
    for (int to = 0; to < SHARDS; to++) {
      for (int from = 0; from < SHARDS; from++) {
        assertThat(peers.get(to).numbersFrom(from))
            .isEqualTo(IntStream.range(0, taken[from][to]).boxed().toList());
      }
    }
  }

  /** What a shard has got so far: {@code peer:frame} and {@code room:peer}. */
  protected final List<String> seen(int shard) {
    return peers.get(shard).seen;
  }

  /** What a shard does with each frame, besides keeping it. */
  protected final void whenReceived(int shard, Consumer<String> action) {
    peers.get(shard).whenReceived = action;
  }

  /** Sends a text; called in a turn of the sending shard. */
  protected final boolean send(int from, int to, String text) {
    return links.get(from).send(to, Bytes.utf8(text));
  }

  private void sendMany(int from, int to, int count) {
    for (int i = 0; i < count; i++) {
      assertThat(send(from, to, "" + i)).isTrue();
    }
  }

  private static final class Peer implements ShardLink.Receiver {
    private final int number;
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private volatile Consumer<String> whenReceived = text -> {};
    private volatile IntConsumer whenRoom = peer -> {};

    Peer(int number) {
      this.number = number;
    }

    List<Integer> numbersFrom(int peer) {
      String prefix = peer + ":";
      List<Integer> numbers = new ArrayList<>();
      for (String text : seen) {
        if (text.startsWith(prefix)) {
          numbers.add(Integer.valueOf(text.substring(prefix.length())));
        }
      }
      return numbers;
    }

    @Override
    public void received(int peer, Bytes frame, long nowMillis) {
      seen.add(peer + ":" + frame.toUtf8());
      whenReceived.accept(frame.toUtf8());
    }

    @Override
    public void room(int peer, long nowMillis) {
      seen.add("room:" + peer);
      whenRoom.accept(peer);
    }

    @Override
    public String toString() {
      return "shard " + number;
    }
  }
}
