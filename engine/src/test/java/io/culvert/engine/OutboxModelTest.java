package io.culvert.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Several outboxes over one pool against plain growing arrays, under random operations. */
class OutboxModelTest {
  private static final int OPERATIONS = 60;

  @Property(tries = 300)
  void sendsWhatWasAppendedInOrder(@ForAll long seed) {
    Random random = new Random(seed);
    BufferPool pool = new BufferPool();
    List<Pair> pairs = List.of(new Pair(pool), new Pair(pool), new Pair(pool));
    for (int i = 0; i < OPERATIONS; i++) {
      pairs.get(random.nextInt(pairs.size())).step(random);
      pairs.forEach(Pair::agree);
    }
    pairs.forEach(Pair::drainAll);
  }

  /** An outbox and its model. */
  private static final class Pair {
    private final Outbox outbox;
    private final CollectingSink sink = new CollectingSink();
    private final List<int[]> reserved = new ArrayList<>();
    private byte[] model = {};
    private int drained;

    Pair(BufferPool pool) {
      outbox = new Outbox(pool);
    }

    void step(Random random) {
      byte[] content = new byte[length(random)];
      random.nextBytes(content);
      switch (random.nextInt(8)) {
        case 0, 1 -> {
          reserved.add(new int[] {outbox.copy(content, 0, content.length), model.length});
          write(content);
        }
        case 2, 3 -> {
          outbox.append(Bytes.wrap(content));
          write(content);
        }
        case 4 -> {
          outbox.copy(Bytes.wrap(content));
          write(content);
          Arrays.fill(content, (byte) 0x55);
        }
        case 5 -> patch(random);
        case 6 -> drain(random.nextInt(3000));
        default -> drain(random.nextInt(20_000));
      }
    }

    void agree() {
      assertThat(outbox.pendingBytes()).isEqualTo(model.length - drained);
      assertThat(outbox.isEmpty()).isEqualTo(drained == model.length);
    }

    void drainAll() {
      drain(Integer.MAX_VALUE);
      assertThat(drained).isEqualTo(model.length);
      assertThat(outbox.array()).isEmpty();
    }

    private void patch(Random random) {
      if (reserved.isEmpty()) {
        return;
      }
      int[] offsets = reserved.get(random.nextInt(reserved.size()));
      if (offsets[1] + 2 <= model.length) {
        int value = random.nextInt(0x10000);
        outbox.patchByte(offsets[0], value >>> 8);
        model[offsets[1]] = (byte) (value >>> 8);
      }
    }

    private void drain(int limit) {
      reserved.clear();
      sink.bytes.reset();
      outbox.drainTo(sink, limit);
      int length = Math.min(limit, model.length - drained);
      assertThat(sink.bytes.toByteArray())
          .isEqualTo(Arrays.copyOfRange(model, drained, drained + length));
      drained += length;
    }

    private void write(byte[] content) {
      int at = model.length;
      model = Arrays.copyOf(model, at + content.length);
      System.arraycopy(content, 0, model, at, content.length);
    }

    private static int length(Random random) {
      return switch (random.nextInt(4)) {
        case 0 -> 1 + random.nextInt(4);
        case 1 -> 1 + random.nextInt(300);
        case 2 -> Outbox.SHARE_FROM_BYTES - 2 + random.nextInt(4);
        default -> 1 + random.nextInt(9000);
      };
    }
  }
}
