package io.culvert.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.engine.JournalBatch;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is deleted gives its room back, though nothing more is written, and holds up no scan. */
class SpaceTest {
  private static final int RECORDS = 200_000;
  private static final int VALUE_BYTES = 1000;
  private static final long ALL_BYTES = (long) RECORDS * VALUE_BYTES;

  @TempDir(factory = MemoryFolder.class)
  private Path folder;

  private final CollectingLog log = new CollectingLog();

  @Test
  void recordsThatAreDeletedOneByOneGiveTheirRoomBack() throws Exception {
    try (Store store = RocksStore.open(folder, StoreOptions.defaults(), log);
        Owner owner = new Owner(store)) {
      fill(owner);
      for (int i = 0; i < RECORDS; i++) {
        owner.append(new JournalBatch().delete(key(i)));
      }
      owner.barrier();
      awaitBytes(store, ALL_BYTES / 5);
      assertThat(owner.scan(Bytes.EMPTY, 64 << 10)).isEmpty();
    }
  }

  @Test
  void recordsThatAreDeletedByTheirPrefixGiveTheirRoomBack() throws Exception {
    try (Store store = RocksStore.open(folder, StoreOptions.defaults(), log);
        Owner owner = new Owner(store)) {
      fill(owner);
      owner.store(new JournalBatch().put(key(RECORDS), Bytes.EMPTY).deleteAll(Bytes.utf8("q/0")));
      awaitBytes(store, ALL_BYTES / 5 * 3);
      owner.store(new JournalBatch().deleteAll(Bytes.utf8("q/")).put(key(0), Bytes.EMPTY));
      awaitBytes(store, ALL_BYTES / 5);
      assertThat(owner.scan(Bytes.EMPTY, 64 << 10)).hasSize(1);
    }
  }

  private void fill(Owner owner) {
    Random random = new Random(1);
    byte[] value = new byte[VALUE_BYTES];
    for (int i = 0; i < RECORDS; i++) {
      random.nextBytes(value);
      owner.append(new JournalBatch().put(key(i), Bytes.wrap(value.clone())));
      if (i % 1000 == 0) {
        owner.barrier();
      }
    }
    owner.barrier();
    assertThat(FolderSize.of(folder)).isGreaterThan(ALL_BYTES / 2);
  }

  /** RocksDB takes its time. */
  private static void awaitBytes(Store store, long bytes) {
    Until.holds(() -> store.status().bytesOnDisk() <= bytes);
  }

  private static Bytes key(int number) {
    return Bytes.utf8("q/%06d".formatted(number));
  }
}
