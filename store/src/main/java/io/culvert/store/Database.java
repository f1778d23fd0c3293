package io.culvert.store;

import io.culvert.engine.Bytes;
import io.culvert.engine.Journal.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Snapshot;
import org.rocksdb.WriteOptions;

/** The records in RocksDB. */
final class Database implements Disk {
  private final Path store;
  private final Path folder;
  private final RocksSettings settings;
  private final StoreLog log;
  private final StoreCounters counters;
  private final FileNotes notes;
  private final Damages damages;
  private final WriteOptions synced = new WriteOptions().setSync(true);
  private final WriteOptions unsynced = new WriteOptions();
  private @Nullable Opened open;

  /** Writing has met a damaged table. */
  private boolean isDamaged;

  private Database(
      Path store, Path folder, RocksSettings settings, StoreLog log, StoreCounters counters) {
    this.store = store;
    this.folder = folder;
    this.settings = settings;
    this.log = log;
    this.counters = counters;
    this.notes = new FileNotes(store, folder);
    this.damages = new Damages(log, counters);
  }

  /** The folder {@code db} of a store. */
  static Database open(Path store, StoreOptions options, StoreLog log, StoreCounters counters)
      throws DiskException {
    Database database =
        new Database(
            store, store.resolve(StoreFolder.DATABASE), new RocksSettings(options), log, counters);
    try {
      database.open();
      return database;
    } catch (DiskException e) {
      database.close();
      throw e;
    }
  }

  @Override
  public void write(DiskBatch batch, boolean sync) throws DiskException {
    try {
      Opened opened = opened();
      opened.rocks.write(sync ? synced : unsynced, batch.writeBatch());
      opened.chores.written(batch);
    } catch (RocksDBException e) {
      throw failed("writing to", e);
    }
  }

  @Override
  public void sync() throws DiskException {
    try {
      opened().rocks.syncWal();
    } catch (RocksDBException e) {
      throw failed("syncing", e);
    }
  }

  @Override
  public View view() throws DiskException {
    RocksDB rocks = opened().rocks;
    return new SnapshotView(rocks, rocks.getSnapshot());
  }

  @Override
  public long rest() throws DiskException {
    try {
      return opened().chores.rest();
    } catch (RocksDBException e) {
      throw failed("writing to", e);
    }
  }

  @Override
  public void recover() throws DiskException {
    Opened failed = open;
    open = null;
    if (failed != null) {
      failed.close();
    }
    if (isDamaged) {
      rebuild();
    }
    open();
  }

  /** Sorts everything anew, and copies around what is damaged when that is met. */
  void compact() throws DiskException {
    try {
      opened().rocks.compactRange();
    } catch (RocksDBException e) {
      DiskException failure = failed("sorting", e);
      if (!isDamaged) {
        throw failure;
      }
      recover();
    }
  }

  private void rebuild() throws DiskException {
    try {
      new Rebuild(store, settings, damages, log).run();
      isDamaged = false;
    } catch (IOException e) {
      throw new DiskException("copying %s failed: %s".formatted(folder, e), e);
    } catch (RocksDBException e) {
      throw failed("copying", e);
    }
  }

  @Override
  public long usableBytes() {
    try {
      return Files.getFileStore(folder).getUsableSpace();
    } catch (IOException e) {
      return Long.MAX_VALUE; // writing will tell
    }
  }

  @Override
  public void close() {
    Opened closing = open;
    open = null;
    if (closing != null) {
      try (FlushOptions flush = new FlushOptions()) {
        closing.rocks.flush(flush);
      } catch (RocksDBException e) {
        // It is in the log all the same.
      }
      closing.close();
      closing.chores.noteFiles(); // what the next start must find
    }
    synced.close();
    unsynced.close();
    settings.close();
  }

  private void open() throws DiskException {
    RocksDB rocks = Opening.open(store, folder, settings, log, counters, notes);
    open = new Opened(rocks, new Chores(rocks, notes, counters));
  }

  private Opened opened() throws DiskException {
    Opened opened = open;
    if (opened == null) {
      throw new DiskException(folder + " is not open", new IllegalStateException());
    }
    return opened;
  }

  private DiskException failed(String doing, RocksDBException e) {
    isDamaged |= Opening.isCorruption(e);
    return new DiskException("%s %s failed: %s".formatted(doing, folder, e.getMessage()), e);
  }

  private record Opened(RocksDB rocks, Chores chores) {
    void close() {
      chores.close();
      rocks.close();
    }
  }

  private final class SnapshotView implements View {
    private final RocksDB rocks;
    private final Snapshot snapshot;

    SnapshotView(RocksDB rocks, Snapshot snapshot) {
      this.rocks = rocks;
      this.snapshot = snapshot;
    }

    @Override
    public Page page(Scan scan, Overlay overlay, boolean givesUp) throws DiskException {
      Bytes prefix = scan.prefix();
      byte[] from =
          scan.after().compareTo(prefix) < 0 ? RecordKey.of(prefix) : RecordKey.after(scan.after());
      try (DatabaseCursor records =
          new DatabaseCursor(rocks, snapshot, from, RecordKey.end(prefix), damages, givesUp)) {
        return new PageMerge(records, overlay, scan).page();
      } catch (RocksDBException e) {
        throw new DiskException("reading %s failed: %s".formatted(folder, e.getMessage()), e);
      }
    }

    @Override
    public void close() {
      rocks.releaseSnapshot(snapshot);
      snapshot.close();
    }
  }
}
