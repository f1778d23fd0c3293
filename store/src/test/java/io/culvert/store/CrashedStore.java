package io.culvert.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.engine.Journal.Entry;
import io.culvert.engine.JournalBatch;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a process leaves that is killed: tables, logs with batches that are in no table yet, and
 * what should be in them. Made once, copied for each test that damages it.
 */
final class CrashedStore {
  static final StoreOptions OPTIONS =
      StoreOptions.defaults().withWriteBufferBytes(64 << 10).withReserveBytes(0);

  private static final int RECORDS = 4000;
  private static final int VALUE_BYTES = 100;

  private final Path folder;
  private final TreeMap<Bytes, Bytes> records;

  private CrashedStore(Path folder, TreeMap<Bytes, Bytes> records) {
    this.folder = folder;
    this.records = records;
  }

  /** Makes it in a folder that is not there yet. */
  static CrashedStore make(Path folder) throws Exception {
    Path living = folder.resolveSibling(folder.getFileName() + "-living");
    TreeMap<Bytes, Bytes> records = new TreeMap<>();
    try (Store store = RocksStore.open(living, OPTIONS, new CollectingLog());
        Owner owner = new Owner(store)) {
      Random random = new Random(1);
      for (int i = 0; i < RECORDS; i++) {
        byte[] value = new byte[VALUE_BYTES];
        random.nextBytes(value);
        Bytes key = Bytes.utf8("%02d/%05d".formatted(random.nextInt(20), i));
        records.put(key, Bytes.wrap(value));
        JournalBatch batch = new JournalBatch().put(key, Bytes.wrap(value));
        if (i % 3 == 0) {
          Bytes deleted = records.higherKey(records.firstKey());
          if (deleted != null) {
            records.remove(deleted);
            batch.delete(deleted);
          }
        }
        if (i % 10 == 9) {
          owner.store(batch);
        } else {
          owner.append(batch);
        }
      }
      owner.barrier();
      // As it does by itself about a second after the last batch.
      new FileNotes(living, living.resolve(StoreFolder.DATABASE)).note();
      copyAtOneMoment(living, folder);
    }
    return new CrashedStore(folder, records);
  }

  Map<Bytes, Bytes> records() {
    return records;
  }

  Path copyTo(Path target) throws IOException {
    copy(folder, target);
    return target;
  }

  /** Names of all files, those of the database with their folder. */
  List<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  /** Of the tables that count: others may have been removed and only not be deleted yet. */
  static Path oldestTable(Path folder) throws IOException {
    Path database = folder.resolve(StoreFolder.DATABASE);
    Manifest manifest = Manifest.read(DatabaseFiles.list(database).currentManifest());
    return DatabaseFiles.table(database, manifest.tables().iterator().next().number());
  }

  /**
   * Opens what was damaged, reads everything, and asserts that what is there is what was stored,
   * that whatever is missing was told, and that the store works.
   *
   * @return how many records are missing
   */
  int check(Path damaged, String how) throws StoreException {
    CollectingLog log = new CollectingLog();
    int missing;
    try (Store store = RocksStore.open(damaged, OPTIONS, log);
        Owner owner = new Owner(store)) {
      missing = missing(owner.scan(Bytes.EMPTY, 64 << 10), how);
      if (missing > 0) {
        assertThat(log.lines()).describedAs(how).anyMatch(line -> !line.startsWith("INFO"));
      }
      owner.store(new JournalBatch().put(Bytes.utf8("after"), Bytes.utf8(how)));
      assertThat(owner.scan(Bytes.utf8("after"), 100)).describedAs(how).hasSize(1);
    }
    try (Store store = RocksStore.open(damaged, OPTIONS, log);
        Owner owner = new Owner(store)) {
      List<Entry> entries = new ArrayList<>(owner.scan(Bytes.EMPTY, 64 << 10));
      assertThat(entries.removeIf(entry -> entry.key().equals(Bytes.utf8("after"))))
          .describedAs("%s: %s", how, String.join("\n", log.lines()))
          .isTrue();
      assertThat(missing(entries, how)).describedAs(how).isEqualTo(missing);
    }
    return missing;
  }

  /** How many records are not there; those that are have the right values. */
  int missing(List<Entry> entries, String how) {
    int found = 0;
    for (Entry entry : entries) {
      Bytes expected = records.get(entry.key());
      if (expected != null) {
        assertThat(entry.value()).describedAs(how).isEqualTo(expected);
        found++;
      }
    }
    return records.size() - found;
  }

  /** RocksDB may be sorting: then it is copied again. */
  private static void copyAtOneMoment(Path from, Path to) throws IOException {
    List<String> before;
    do {
      if (Files.exists(to)) {
        Folders.delete(to);
      }
      before = files(from);
      try {
        copy(from, to);
      } catch (NoSuchFileException | UncheckedIOException e) {
        before = List.of();
      }
    } while (!before.equals(files(from)));
  }

  private static List<String> files(Path store) throws IOException {
    List<String> files = new ArrayList<>();
    for (String name : new String[] {"", StoreFolder.DATABASE}) {
      for (File file : store.resolve(name).toFile().listFiles()) {
        files.add(file.getName() + " " + file.length());
      }
    }
    return files;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }
}
