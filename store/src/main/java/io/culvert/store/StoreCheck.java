package io.culvert.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;
import org.rocksdb.WALRecoveryMode;

/**
 * Looks through a store that nobody uses: all checksums, and what the records are. It changes
 * nothing; whoever opens the store next repairs what is damaged.
 */
public final class StoreCheck {
  private final Path store;
  private final Path database;
  private final RecordKinds kinds;
  private final List<String> damages = new ArrayList<>();
  private final TreeMap<String, Long> records = new TreeMap<>();
  private long recordBytes;

  private StoreCheck(Path store, RecordKinds kinds) {
    this.store = store;
    this.database = store.resolve(StoreFolder.DATABASE);
    this.kinds = kinds;
  }

  /**
   * What was found.
   *
   * @param records that can be read, by their kinds
   * @param recordBytes of their keys and values
   * @param fileBytes of all files, without what was set aside
   * @param damages in words; empty when all is well
   * @param setAside folders with what was damaged before, or is of another format
   */
  public record Result(
      Map<String, Long> records,
      long recordBytes,
      long fileBytes,
      List<String> damages,
      List<Path> setAside) {
    public Result {
      records = Collections.unmodifiableMap(new TreeMap<>(records));
      damages = List.copyOf(damages);
      setAside = List.copyOf(setAside);
    }

    /** Nothing is damaged now. */
    public boolean isGood() {
      return damages.isEmpty();
    }
  }

  /** Looks; blocks as long as it takes to read everything. */
  public static Result run(Path folder, RecordKinds kinds) throws StoreException {
    try (ClosedStore closed = ClosedStore.find(folder)) {
      return new StoreCheck(closed.folder(), kinds).run();
    } catch (IOException e) {
      throw StoreException.unusable(folder, Reasons.text(e), e);
    }
  }

  private Result run() throws IOException {
    FormatFile.Format format = FormatFile.read(store);
    if (format instanceof FormatFile.Other other) {
      damages.add("the store is %s; when it is opened, it is set aside".formatted(other.text()));
    } else {
      if (!(format instanceof FormatFile.Known)) {
        damages.add(store.resolve(FormatFile.NAME) + " is missing or damaged");
      }
      checkDatabase();
    }
    List<Path> setAside = setAside();
    long fileBytes = FolderSize.of(store);
    for (Path each : setAside) {
      fileBytes -= FolderSize.of(each);
    }
    return new Result(records, recordBytes, fileBytes, damages, setAside);
  }

  private void checkDatabase() throws IOException {
    if (!Files.isDirectory(database)) {
      damages.add(database + " is missing");
      return;
    }
    FileNotes notes = new FileNotes(store, database);
    String lost = notes.lostLog();
    if (lost != null) {
      damages.add(lost);
    }
    DatabaseFiles files = DatabaseFiles.list(database);
    Path manifest = files.currentManifest();
    Manifest content = null;
    if (manifest == null) {
      damages.add(files.current() + " is missing or names no manifest");
    } else if (!LogFile.read(manifest).damages().isEmpty() || notes.isManifestCut()) {
      damages.add(manifest + " is damaged");
    } else {
      content = Manifest.read(manifest);
    }
    checkLogs(files, content == null ? 0 : content.logNumber());
    try (RocksSettings settings = new RocksSettings(StoreOptions.defaults())) {
      if (content != null) {
        for (Manifest.Table table : content.tables()) {
          checkTable(table, settings);
        }
      }
      countRecords(settings);
    }
  }

  private void checkLogs(DatabaseFiles files, long leastNumber) throws IOException {
    for (Path file : files.logs()) {
      if (DatabaseFiles.number(file) >= leastNumber) {
        for (LogFile.Damage damage : LogFile.read(file).damages()) {
          damages.add(
              "%s is damaged in its bytes %d to %d".formatted(file, damage.from(), damage.to()));
        }
      }
    }
  }

  private void checkTable(Manifest.Table table, RocksSettings settings) throws IOException {
    Path file = DatabaseFiles.table(database, table.number());
    String problem = ManifestRepair.problem(file, table.bytes(), settings);
    if (problem == null) {
      problem = checksums(file, settings);
    }
    if (problem != null) {
      damages.add("%s: %s".formatted(file, problem));
    }
  }

  private static @Nullable String checksums(Path table, RocksSettings settings) {
    try (SstFileReader reader = new SstFileReader(settings.options())) {
      reader.open(table.toString());
      reader.verifyChecksum();
      return null;
    } catch (RocksDBException e) {
      return e.getMessage();
    }
  }

  private void countRecords(RocksSettings settings) {
    settings.options().setWalRecoveryMode(WALRecoveryMode.SkipAnyCorruptedRecords);
    try (RocksDB rocks = RocksDB.openReadOnly(settings.options(), database.toString());
        DatabaseCursor cursor =
            DatabaseCursor.all(rocks, new Damages(damageLog(), new StoreCounters()))) {
      byte[] key;
      while ((key = cursor.key()) != null) {
        records.merge(kinds.kindOf(RecordKey.key(key)), 1L, Long::sum);
        recordBytes += key.length - 1 + cursor.value().length;
        cursor.next();
      }
    } catch (RocksDBException e) {
      damages.add("the records cannot be counted before it was opened: " + e.getMessage());
    }
  }

  private StoreLog damageLog() {
    return new StoreLog() {
      @Override
      public void info(String text) {}

      @Override
      public void warn(String text) {}

      @Override
      public void error(String text) {
        damages.add(text);
      }
    };
  }

  private List<Path> setAside() throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> parts = Files.newDirectoryStream(store, Files::isDirectory)) {
      for (Path part : parts) {
        String name = part.getFileName().toString();
        if (name.startsWith(Aside.DAMAGED) || name.startsWith(Aside.SET_ASIDE)) {
          found.add(part);
        }
      }
    }
    Collections.sort(found);
    return found;
  }
}
