package io.culvert.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.engine.JournalBatch;
import io.culvert.engine.JournalRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class OverlayTest {
  /** Records below, batches on top: together they are what a model has that got both. */
  @Property(tries = 500)
  void showsWhatTheBatchesMake(@ForAll long seed) {
    Random random = new Random(seed);
    TreeMap<Bytes, Bytes> below = new TreeMap<>();
    JournalRecords model = new JournalRecords();
    for (int i = 0; i < 10; i++) {
      Bytes key = randomBytes(random, 1 + random.nextInt(3));
      below.put(key, key);
      model.put(key, key);
    }
    List<JournalBatch> batches = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      JournalBatch batch = randomBatch(random);
      batch.forEach(model);
      batches.add(batch);
    }
    Bytes prefix = randomBytes(random, random.nextInt(3));
    Overlay overlay = Overlay.of(batches, prefix);
    TreeMap<Bytes, Bytes> seen = new TreeMap<>();
    below.forEach(
        (key, value) -> {
          if (key.startsWith(prefix) && !overlay.hides(key)) {
            seen.put(key, value);
          }
        });
    overlay
        .putsAfter(Bytes.EMPTY)
        .forEachRemaining(
            put -> assertThat(seen.put(put.getKey(), put.getValue())).as("hidden").isNull());

    TreeMap<Bytes, Bytes> expected = new TreeMap<>();
    model
        .page(prefix, Bytes.EMPTY, Integer.MAX_VALUE)
        .entries()
        .forEach(entry -> expected.put(entry.key(), entry.value()));
    assertThat(seen).isEqualTo(expected);
    for (Map.Entry<Bytes, Bytes> each : seen.entrySet()) {
      overlay
          .putsAfter(each.getKey())
          .forEachRemaining(put -> assertThat(put.getKey()).isGreaterThan(each.getKey()));
    }
  }

  private static JournalBatch randomBatch(Random random) {
    JournalBatch batch = new JournalBatch();
    for (int change = random.nextInt(4); change > 0; change--) {
      Bytes key = randomBytes(random, 1 + random.nextInt(3));
      switch (random.nextInt(4)) {
        case 0 -> batch.deleteAll(key);
        case 1 -> batch.delete(key);
        default -> batch.put(key, randomBytes(random, 4));
      }
    }
    return batch;
  }

  private static Bytes randomBytes(Random random, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (random.nextInt(3) * 0x7f);
    }
    return Bytes.wrap(bytes);
  }
}
