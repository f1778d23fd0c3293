package io.culvert.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Copies what can be read of a database with damaged tables to a new one, puts that in its place
 * and keeps the old one aside. RocksDB refuses to write once it has met such a table while it
 * sorted.
 *
 * <p>A crash in between leaves the old database, or the new one, or both with the new one complete:
 * {@link #finish} sees which.
 */
final class Rebuild {
  static final String UNFINISHED = "db.new";
  static final String COMPLETE = "db.complete";
  private static final int BATCH_BYTES = 1 << 20;

  private final Path store;
  private final RocksSettings settings;
  private final Damages damages;
  private final StoreLog log;

  Rebuild(Path store, RocksSettings settings, Damages damages, StoreLog log) {
    this.store = store;
    this.settings = settings;
    this.damages = damages;
    this.log = log;
  }

  /** The database is closed, and is so afterwards. */
  void run() throws IOException, RocksDBException {
    Path database = store.resolve(StoreFolder.DATABASE);
    long needed = FolderSize.of(database);
    long usable = Files.getFileStore(store).getUsableSpace();
    if (usable < needed) {
      throw new IOException(
          "a table is damaged, and the copy around it needs %d bytes; %d are left, free some"
              .formatted(needed, usable));
    }
    log.warn("%s is copied around its damages; nothing is stored meanwhile".formatted(database));
    long records = copy(database, store.resolve(UNFINISHED));
    Path kept = complete(store);
    log.warn("%d records are copied; the damaged database is kept in %s".formatted(records, kept));
  }

  /** Before anything else is done with the folder: ends what a crash has interrupted. */
  static void finish(Path store, StoreLog log) throws IOException {
    Path unfinished = store.resolve(UNFINISHED);
    if (Files.exists(unfinished)) {
      Folders.delete(unfinished);
    }
    if (Files.exists(store.resolve(COMPLETE))) {
      Path kept = exchange(store);
      log.warn("a copy of the damaged database is used, the old one is kept in " + kept);
    }
  }

  /**
   * The new database is whole: it takes the place of the old one, if there is one.
   *
   * @return where the old one is
   */
  static Path complete(Path store) throws IOException {
    Files.move(store.resolve(UNFINISHED), store.resolve(COMPLETE));
    DurableFile.syncFolder(store);
    return exchange(store);
  }

  private static Path exchange(Path store) throws IOException {
    Path database = store.resolve(StoreFolder.DATABASE);
    Aside aside = new Aside(store, Aside.DAMAGED);
    Path kept = Files.exists(database) ? aside.move(database) : database;
    Files.move(store.resolve(COMPLETE), database);
    DurableFile.syncFolder(store);
    return kept;
  }

  private long copy(Path from, Path to) throws IOException, RocksDBException {
    if (Files.exists(to)) {
      Folders.delete(to);
    }
    try (RocksDB source = RocksDB.openReadOnly(settings.options(), from.toString());
        RocksDB target = RocksDB.open(settings.options(), to.toString());
        FlushOptions flush = new FlushOptions();
        DatabaseCursor records = DatabaseCursor.all(source, damages)) {
      long copied = copy(records, target);
      target.flush(flush);
      return copied;
    }
  }

  private static long copy(DatabaseCursor records, RocksDB target) throws RocksDBException {
    long copied = 0;
    try (WriteBatch batch = new WriteBatch();
        WriteOptions unlogged = new WriteOptions().setDisableWAL(true)) {
      byte[] key;
      while ((key = records.key()) != null) {
        batch.put(key, records.value());
        copied++;
        if (batch.getDataSize() >= BATCH_BYTES) {
          target.write(unlogged, batch);
          batch.clear();
        }
        records.next();
      }
      target.write(unlogged, batch);
    }
    return copied;
  }
}
