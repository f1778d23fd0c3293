package io.culvert.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDB;

/** Two logs, because a table was to be written of the first when the process was killed. */
class LogRepairTest {
  private static final int RECORDS = 1000;
  private static final int VALUE_BYTES = 100;

  @TempDir(factory = MemoryFolder.class)
  private Path temp;

  private final CollectingLog log = new CollectingLog();
  private Path folder;
  private List<Path> logs;
  private int written;

  @BeforeEach
  void make() throws Exception {
    NativeLibrary.load();
    folder = temp.resolve("store");
    Path living = temp.resolve("living");
    RocksStore.open(folder, CrashedStore.OPTIONS, log).close();
    Folders.delete(folder.resolve("db"));
    Files.delete(folder.resolve("files"));
    try (RocksSettings settings = new RocksSettings(CrashedStore.OPTIONS);
        RocksDB rocks = RocksDB.open(settings.options(), living.toString())) {
      rocks.pauseBackgroundWork();
      for (int i = 0; DatabaseFiles.list(living).logs().size() < 2 || i < RECORDS / 2; i++) {
        rocks.put(RecordKey.of(key(i)), new byte[VALUE_BYTES]);
        written = i + 1;
      }
      copy(living, folder.resolve("db"));
      rocks.continueBackgroundWork();
    }
    logs = DatabaseFiles.list(folder.resolve("db")).logs();
    assertThat(logs).hasSize(2);
  }

  @Test
  void withoutDamageNothingIsMissing() throws Exception {
    assertThat(missing()).isEmpty();
    assertThat(log.lines()).isEmpty();
  }

  @Test
  void aDamageCostsOneBatch() throws Exception {
    DamageTest.flip(logs.get(0), Files.size(logs.get(0)) / 2, 1);
    assertThat(missing()).hasSize(1);
    assertThat(log.lines())
        .first()
        .asString()
        .startsWith("ERROR " + logs.get(0) + " is damaged: what was stored in its bytes ");
  }

  @Test
  void anEndThatIsTornWithinIsDamage() throws Exception {
    cut(logs.get(0), 10);
    assertThat(missing()).hasSize(1);
    assertThat(log.lines()).first().asString().startsWith("ERROR " + logs.get(0) + " is damaged: ");
  }

  @Test
  void anEndThatIsTornAtTheEndIsNone() throws Exception {
    cut(logs.get(1), 10);
    assertThat(missing()).containsExactly(written - 1);
    assertThat(log.lines())
        .singleElement()
        .asString()
        .startsWith("WARN " + logs.get(1) + " ends with ");
  }

  @Test
  void damagesInBothCostABatchEach() throws Exception {
    for (Path file : logs) {
      DamageTest.flip(file, 1000, 3);
    }
    assertThat(missing()).hasSize(2);
  }

  private List<Integer> missing() throws StoreException {
    try (Store store = RocksStore.open(folder, CrashedStore.OPTIONS, log);
        Owner owner = new Owner(store)) {
      List<Bytes> found = new ArrayList<>();
      owner.scan(Bytes.EMPTY, 64 << 10).forEach(entry -> found.add(entry.key()));
      List<Integer> missing = new ArrayList<>();
      for (int i = 0; i < written; i++) {
        if (!found.contains(key(i))) {
          missing.add(i);
        }
      }
      return missing;
    }
  }

  private static Bytes key(int number) {
    return Bytes.utf8("%06d".formatted(number));
  }

  private static void cut(Path file, int bytes) throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.setLength(access.length() - bytes);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectory(to);
    for (String name : from.toFile().list()) {
      Files.copy(from.resolve(name), to.resolve(name));
    }
  }
}
