package io.culvert.store;

import io.culvert.engine.Bytes;
import io.culvert.engine.Journal.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.rocksdb.FlushOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;
import org.rocksdb.WriteOptions;

/** The records in RocksDB. */
final class Database implements Disk {
  private final Path folder;
  private final RocksSettings settings;
  private final WriteOptions synced = new WriteOptions().setSync(true);
  private final WriteOptions unsynced = new WriteOptions();
  private @Nullable RocksDB open;

  private Database(Path folder, RocksSettings settings) {
    this.folder = folder;
    this.settings = settings;
  }

  static Database open(Path folder, StoreOptions options) throws DiskException {
    Database database = new Database(folder, new RocksSettings(options));
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
    } catch (RocksDBException e) {
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
  public void recover() throws DiskException {
    RocksDB failed = open;
    open = null;
    if (failed != null) {
      failed.close();
    }
    open();
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
    try {
      open = RocksDB.open(settings.options(), folder.toString());
    } catch (RocksDBException e) {
      throw failed("opening", e);
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
      try (Slice end = new Slice(RecordKey.end(prefix));
          ReadOptions options = new ReadOptions().setSnapshot(snapshot).setIterateUpperBound(end);
          RocksIterator records = rocks.newIterator(options)) {
        records.seek(from);
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
