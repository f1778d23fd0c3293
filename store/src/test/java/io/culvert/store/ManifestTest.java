package io.culvert.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.FlushOptions;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** What is read of RocksDB's manifests, and what RocksDB makes of ours. */
class ManifestTest {
  @TempDir(factory = MemoryFolder.class)
  private Path folder;

  private final RocksSettings settings = new RocksSettings(CrashedStore.OPTIONS);

  @BeforeEach
  void load() throws Exception {
    NativeLibrary.load();
  }

  @Test
  void listsTheTablesThatRocksDbLists() throws Exception {
    for (int round = 0; round < 5; round++) {
      try (RocksDB rocks = RocksDB.open(settings.options(), folder.toString())) {
        write(rocks, round);
        if (round % 2 == 1) {
          rocks.compactRange();
        }
        rocks.cancelAllBackgroundWork(true);
        DatabaseFiles files = DatabaseFiles.list(folder);
        Manifest manifest = Manifest.read(files.currentManifest());
        assertThat(manifest.tables()).containsExactlyInAnyOrderElementsOf(tables(rocks));
        assertThat(manifest.isRemoved(1_000_000)).isFalse();
        long newestLog = DatabaseFiles.number(files.logs().get(files.logs().size() - 1));
        assertThat(manifest.logNumber()).isBetween(1L, newestLog);
      }
    }
  }

  @Test
  void rocksDbTakesAnEditThatRemovesATable() throws Exception {
    try (RocksDB rocks = RocksDB.open(settings.options(), folder.toString())) {
      write(rocks, 1);
    }
    DatabaseFiles files = DatabaseFiles.list(folder);
    List<byte[]> edits = new ArrayList<>();
    LogFile.read(files.currentManifest(), edits::add);
    Manifest.Table removed = Manifest.read(files.currentManifest()).tables().iterator().next();
    edits.add(new ManifestEdit().removed(removed).toByteArray());
    try (LogFileWriter writer = LogFileWriter.open(files.currentManifest())) {
      for (byte[] edit : edits) {
        writer.record(edit);
      }
    }
    Files.delete(DatabaseFiles.table(folder, removed.number()));

    try (RocksDB rocks = RocksDB.open(settings.options(), folder.toString())) {
      assertThat(tables(rocks)).doesNotContain(removed);
      rocks.compactRange();
    }
  }

  @Test
  void aPartThatIsNotKnownIsLeftToRocksDb() throws Exception {
    Path file = folder.resolve("MANIFEST-000001");
    try (LogFileWriter writer = LogFileWriter.open(file)) {
      writer.record(new ManifestEdit().comparator().lastSequence(1).toByteArray());
      writer.record(new byte[] {99, 1, 2, 3});
    }
    assertThat(Manifest.read(file)).isNull();
  }

  private static void write(RocksDB rocks, int seed) throws RocksDBException {
    Random random = new Random(seed);
    byte[] value = new byte[100];
    for (int i = 0; i < 3000; i++) {
      random.nextBytes(value);
      rocks.put(("r" + random.nextInt(10_000)).getBytes(), value);
    }
    try (FlushOptions flush = new FlushOptions()) {
      rocks.flush(flush);
    }
  }

  private static List<Manifest.Table> tables(RocksDB rocks) {
    List<Manifest.Table> tables = new ArrayList<>();
    for (LiveFileMetaData file : rocks.getLiveFilesMetaData()) {
      long number = DatabaseFiles.number(Path.of(file.fileName().replace("/", "")));
      tables.add(new Manifest.Table(file.level(), number, file.size()));
    }
    return tables;
  }
}
