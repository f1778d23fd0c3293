package io.culvert.engine.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.engine.Journal.Entry;
import io.culvert.engine.Journal.Health;
import io.culvert.engine.Journal.Page;
import io.culvert.engine.JournalBatch;
import io.culvert.engine.testkit.SimulatedDisk.Crash;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class SimulatedDiskTest {
  private final VirtualClock clock = new VirtualClock();
  private final SimulatedDisk disk = new SimulatedDisk(clock, 1);
  private final List<Object> seen = new ArrayList<>();

  @Test
  void completesWhenItsTimeHasCome() {
    disk.takesMillis(10, 10);
    disk.append(put("a"), this::stored);
    clock.advance(9);
    assertThat(seen).isEmpty();

    clock.advance(1);
    assertThat(seen).containsExactly("stored");
  }

  @Test
  void batchesThatArriveDuringASyncShareTheNextOne() {
    disk.takesMillis(10, 10);
    disk.append(put("a"), this::stored);
    clock.advance(5);
    disk.append(put("b"), this::stored);
    disk.append(put("c"), this::stored);
    clock.advance(5);
    assertThat(seen).hasSize(1);

    clock.advance(10);
    assertThat(seen).hasSize(3);
    assertThat(disk.syncs()).isEqualTo(2);
  }

  @Test
  void aScanSeesWhatWasAppendedBeforeIt() {
    disk.append(put("a"), () -> {});
    disk.scan(Bytes.EMPTY, Bytes.EMPTY, 100, seen::add);
    disk.append(put("b"), () -> {});
    clock.advance(100);

    assertThat(seen)
        .containsExactly(new Page(List.of(new Entry(text("a"), text("value of a"))), false));
  }

  @Test
  void aFullDiskSaysSoAndLivesOnItsReserve() {
    disk.capacityBytes(11);
    disk.append(put("a"), this::stored);
    disk.append(put("b"), this::stored);
    clock.advance(10);
    assertThat(disk.health()).isEqualTo(Health.FULL);
    assertThat(seen).hasSize(2);

    disk.append(new JournalBatch().delete(text("a")), this::stored);
    clock.advance(10);
    assertThat(disk.health()).isEqualTo(Health.READY);
    assertThat(keysAfter(Crash.LOSES_UNSYNCED)).containsExactly("b");
  }

  @Test
  void whatFailsIsTriedAgainAndWhatComesBehindItWaits() {
    disk.failSync(2);
    disk.failWrite(4);
    for (String key : List.of("a", "b", "c")) {
      disk.append(put(key), this::stored);
      clock.advance(10);
    }
    assertThat(seen).hasSize(1);
    assertThat(disk.health()).isEqualTo(Health.FAILING);

    clock.advance(1000);
    assertThat(seen).hasSize(3);
    assertThat(disk.health()).isEqualTo(Health.READY);
    assertThat(keysAfter(Crash.LOSES_UNSYNCED)).containsExactly("a", "b", "c");
  }

  @Test
  void aCrashLosesWhatHasFailed() {
    disk.failSync(1);
    disk.append(put("a"), this::stored);
    clock.advance(10);

    assertThat(keysAfter(Crash.KEEPS_SOME)).isEmpty();
    disk.append(put("d"), this::stored);
    clock.advance(10);
    assertThat(seen).containsExactly("stored");
  }

  @Test
  void nothingCompletesAfterACrash() {
    disk.append(put("a"), this::stored);
    clock.run();
    disk.append(put("b"), this::stored);
    disk.crash(Crash.LOSES_UNSYNCED);
    clock.advance(100);

    assertThat(seen).isEmpty();
  }

  @Test
  void aCompletionMayCrashTheDisk() {
    disk.append(put("a"), () -> disk.crash(Crash.LOSES_UNSYNCED));
    disk.append(put("b"), this::stored);
    clock.advance(10);

    assertThat(seen).isEmpty();
    assertThat(keysAfter(Crash.LOSES_UNSYNCED)).containsExactly("a", "b");
  }

  /** Whatever is kept is a run of whole batches from the first on, and all that was promised. */
  @Property(tries = 500)
  void noPromiseIsBrokenByAnyCrash(@ForAll long seed, @ForAll Crash crash) {
    Random random = new Random(seed);
    VirtualClock time = new VirtualClock();
    SimulatedDisk tested = new SimulatedDisk(time, seed);
    tested.takesMillis(0, 20);
    if (random.nextInt(3) == 0) {
      tested.failSync(1 + random.nextInt(5));
    }
    if (random.nextInt(3) == 0) {
      tested.failWrite(1 + random.nextInt(20));
    }
    List<TreeMap<Bytes, Bytes>> states = new ArrayList<>(List.of(new TreeMap<>()));
    int[] promised = {0};
    int count = 1 + random.nextInt(30);
    for (int i = 1; i <= count; i++) {
      int number = i;
      tested.append(randomBatch(random, states), () -> promised[0] = number);
      time.advance(random.nextInt(8));
    }
    tested.crash(crash);

    TreeMap<Bytes, Bytes> kept = readAll(tested, time);
    assertThat(states.subList(promised[0], states.size())).contains(kept);
    if (crash == Crash.LOSES_UNSYNCED) {
      assertThat(kept).isEqualTo(states.get(promised[0]));
    }
  }

  /** Adds the state after the batch to the states. */
  private static JournalBatch randomBatch(Random random, List<TreeMap<Bytes, Bytes>> states) {
    TreeMap<Bytes, Bytes> state = new TreeMap<>(states.get(states.size() - 1));
    JournalBatch batch = new JournalBatch();
    for (int change = random.nextInt(4); change > 0; change--) {
      Bytes key = text("key" + random.nextInt(6));
      if (random.nextInt(20) == 0) {
        batch.deleteAll(text("key"));
        state.clear();
      } else if (random.nextInt(3) == 0) {
        batch.delete(key);
        state.remove(key);
      } else {
        Bytes value = text("value" + random.nextInt(1000));
        batch.put(key, value);
        state.put(key, value);
      }
    }
    states.add(state);
    return batch;
  }

  private void stored() {
    seen.add("stored");
  }

  private List<String> keysAfter(Crash crash) {
    disk.crash(crash);
    return readAll(disk, clock).keySet().stream().map(Bytes::toUtf8).toList();
  }

  private static TreeMap<Bytes, Bytes> readAll(SimulatedDisk disk, VirtualClock clock) {
    TreeMap<Bytes, Bytes> records = new TreeMap<>();
    List<Page> pages = new ArrayList<>();
    disk.scan(Bytes.EMPTY, Bytes.EMPTY, Integer.MAX_VALUE, pages::add);
    clock.advance(1000);
    assertThat(pages).hasSize(1);
    pages.get(0).entries().forEach(entry -> records.put(entry.key(), entry.value()));
    return records;
  }

  private static JournalBatch put(String key) {
    return new JournalBatch().put(text(key), text("value of " + key));
  }

  private static Bytes text(String text) {
    return Bytes.utf8(text);
  }
}
