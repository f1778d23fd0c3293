package io.culvert.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.engine.Journal.Entry;
import io.culvert.engine.JournalBatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A damaged table is met while RocksDB sorts: the database is copied around it, and goes on. */
class RebuildTest {
  @TempDir(factory = MemoryFolder.class)
  private Path temp;

  private final CollectingLog log = new CollectingLog();
  private CrashedStore crashed;
  private Path folder;

  @BeforeEach
  void make() throws Exception {
    crashed = CrashedStore.make(temp.resolve("crashed"));
    folder = crashed.copyTo(temp.resolve("store"));
  }

  @Test
  void writingGoesOnAroundTheDamage() throws Exception {
    DamageTest.flip(CrashedStore.oldestTable(folder), 1000, 1);

    int written = 0;
    try (Store store = RocksStore.open(folder, CrashedStore.OPTIONS, log);
        Owner owner = new Owner(store)) {
      Random random = new Random(1);
      while (!isRebuilt()) {
        byte[] value = new byte[100];
        random.nextBytes(value);
        // Among the others, so that sorting meets every table.
        owner.store(
            new JournalBatch()
                .put(Bytes.utf8("%02d/w%d".formatted(written % 20, written)), Bytes.wrap(value)));
        written++;
      }
      owner.barrier();
      assertThat(log.lines())
          .anyMatch(line -> line.contains("the damaged database is kept in " + folder))
          .contains("INFO the store works again");
      assertRebuilt(owner.scan(Bytes.EMPTY, 64 << 10), written);
    }
    try (Store store = RocksStore.open(folder, CrashedStore.OPTIONS, log);
        Owner owner = new Owner(store)) {
      assertRebuilt(owner.scan(Bytes.EMPTY, 64 << 10), written);
    }
  }

  private boolean isRebuilt() {
    return log.lines().stream().anyMatch(line -> line.contains("is copied around its damages"));
  }

  private void assertRebuilt(List<Entry> entries, int written) {
    assertThat(entries.stream().filter(entry -> entry.key().toUtf8().contains("w")))
        .hasSize(written);
    assertThat(crashed.missing(entries, "rebuilt")).isBetween(1, 200);
  }

  @Test
  void anUnfinishedCopyIsLeftOut() throws Exception {
    Files.createDirectory(folder.resolve("db.new"));
    Files.writeString(folder.resolve("db.new/000001.sst"), "half");

    assertThat(crashed.check(folder, "unfinished")).isZero();
    assertThat(folder.resolve("db.new")).doesNotExist();
  }

  @Test
  void aCompleteCopyIsUsed() throws Exception {
    Files.move(folder.resolve("db"), folder.resolve("db.complete"));
    assertThat(crashed.check(folder, "moved away")).isZero();

    Path again = crashed.copyTo(temp.resolve("again"));
    Path other = crashed.copyTo(temp.resolve("other"));
    Files.move(other.resolve("db"), again.resolve("db.complete"));
    Files.writeString(again.resolve("db/CURRENT"), "the old one");
    assertThat(crashed.check(again, "complete beside the old one")).isZero();
    assertThat(again.resolve("db.complete")).doesNotExist();
  }
}
