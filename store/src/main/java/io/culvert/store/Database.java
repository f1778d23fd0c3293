package io.culvert.store;

import io.culvert.engine.Bytes;
import io.culvert.engine.Journal.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Snapshot;
import org.rocksdb.WriteOptions;

/** The records in RocksDB. */
final class Database implements Disk {
  private static final long CHORES_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Path store;
  private final Path folder;
  private final RocksSettings settings;
  private final StoreLog log;
  private final StoreCounters counters;
  private final NewestLog newestLog;
  private final Damages damages;
  private final WriteOptions synced = new WriteOptions().setSync(true);
  private final WriteOptions unsynced = new WriteOptions();
  private final Due chores = new Due(CHORES_NANOS);
  private @Nullable RocksDB open;

  /** Writing has met a damaged table. */
  private boolean isDamaged;

  private Database(
      Path store, Path folder, RocksSettings settings, StoreLog log, StoreCounters counters) {
    this.store = store;
    this.folder = folder;
    this.settings = settings;
    this.log = log;
    this.counters = counters;
    this.newestLog = new NewestLog(store, folder);
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
      rocks().write(sync ? synced : unsynced, batch.writeBatch());
      chores.want();
    } catch (RocksDBException e) {
      isDamaged |= Opening.isDamage(e);
      throw failed("writing to", e);
    }
  }

  @Override
  public void sync() throws DiskException {
    try {
      rocks().syncWal();
    } catch (RocksDBException e) {
      throw failed("syncing", e);
    }
  }

  @Override
  public View view() throws DiskException {
    RocksDB rocks = rocks();
    return new SnapshotView(rocks, rocks.getSnapshot());
  }

  @Override
  public long rest() {
    if (chores.take()) {
      noteNewestLog();
    }
    return chores.inNanos();
  }

  @Override
  public void recover() throws DiskException {
    RocksDB failed = open;
    open = null;
    if (failed != null) {
      failed.close();
    }
    if (isDamaged) {
      rebuild();
    }
    open();
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
    RocksDB closing = open;
    open = null;
    if (closing != null) {
      try (FlushOptions flush = new FlushOptions()) {
        closing.flush(flush);
      } catch (RocksDBException e) {
        // It is in the log all the same.
      }
      closing.close();
    }
    synced.close();
    unsynced.close();
    settings.close();
  }

  private void open() throws DiskException {
    open = Opening.open(store, folder, settings, log, counters, newestLog);
    noteNewestLog();
  }

  private void noteNewestLog() {
    try {
      newestLog.note();
    } catch (IOException e) {
      counters.failed("noting the newest log in %s failed: %s".formatted(store, e));
    }
  }

  private RocksDB rocks() throws DiskException {
    RocksDB rocks = open;
    if (rocks == null) {
      open();
      rocks = open;
    }
    if (rocks == null) {
      throw new IllegalStateException("opened without a result");
    }
    return rocks;
  }

  private DiskException failed(String doing, RocksDBException e) {
    return new DiskException("%s %s failed: %s".formatted(doing, folder, e.getMessage()), e);
  }

  private final class SnapshotView implements View {
    private final RocksDB rocks;
    private final Snapshot snapshot;

    SnapshotView(RocksDB rocks, Snapshot snapshot) {
      this.rocks = rocks;
      this.snapshot = snapshot;
    }

    @Override
    public Page page(Scan scan, Overlay overlay) throws DiskException {
      Bytes prefix = scan.prefix();
      byte[] from =
          scan.after().compareTo(prefix) < 0 ? RecordKey.of(prefix) : RecordKey.after(scan.after());
      try (DatabaseCursor records =
          new DatabaseCursor(rocks, snapshot, from, RecordKey.end(prefix), damages)) {
        return new PageMerge(records, overlay, scan).page();
      } catch (RocksDBException e) {
        throw failed("reading", e);
      }
    }

    @Override
    public void close() {
      rocks.releaseSnapshot(snapshot);
      snapshot.close();
    }
  }
}
