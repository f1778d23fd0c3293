package io.culvert.store;

import io.culvert.engine.Bytes;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * What an open database needs about once a second: the newest files are noted, failures that
 * happened while files were sorted are found, and what was deleted gives its room back. The thread
 * of the store does it.
 */
final class Chores implements AutoCloseable {
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** While there is more to write, about as many as fill the memory for what was written. */
  private static final long BUSY_DELETES = 100_000;

  /** Fewer are no burden. */
  private static final long IDLE_DELETES = 1000;

  private final RocksDB rocks;
  private final FileNotes notes;
  private final StoreCounters counters;
  private final Compactor compactor;
  private final DeletedRanges deleted = new DeletedRanges();
  private final Due due = new Due(INTERVAL_NANOS);
  private boolean isBusy;

  Chores(RocksDB rocks, FileNotes notes, StoreCounters counters) {
    this.rocks = rocks;
    this.notes = notes;
    this.counters = counters;
    this.compactor = new Compactor(rocks, counters);
    noteFiles();
  }

  /** It has been written. */
  void written(DiskBatch batch) {
    for (Bytes prefix : batch.deletedPrefixes()) {
      deleted.add(RecordKey.of(prefix), RecordKey.end(prefix));
    }
    isBusy = true;
    due.want();
  }

  /** Does what is due, and returns in how many nanoseconds something is again. */
  long rest() throws RocksDBException {
    if (due.take()) {
      noteFiles();
      lookForFailures();
      giveRoomBack();
      if (isBusy || compactor.isBusy()) {
        due.want();
      }
      isBusy = false;
    }
    return due.inNanos();
  }

  @Override
  public void close() {
    compactor.close();
  }

  /** Also when the database is closed. */
  void noteFiles() {
    try {
      notes.note();
    } catch (IOException e) {
      counters.failed("the files cannot be noted: " + Reasons.text(e));
    }
  }

  /** They show with the next write: so this is one. */
  private void lookForFailures() throws RocksDBException {
    if (rocks.getLongProperty("rocksdb.background-errors") > 0) {
      try (WriteBatch nothing = new WriteBatch();
          WriteOptions unsynced = new WriteOptions()) {
        rocks.write(unsynced, nothing);
      }
    }
  }

  private void giveRoomBack() throws RocksDBException {
    long deletes = rocks.getLongProperty("rocksdb.num-deletes-active-mem-table");
    if (deletes >= (isBusy ? BUSY_DELETES : IDLE_DELETES)) {
      try (FlushOptions soon = new FlushOptions().setWaitForFlush(false)) {
        rocks.flush(soon);
      }
    }
    if (!isBusy && !compactor.isBusy()) {
      List<DeletedRanges.KeyRange> ranges = deleted.take();
      if (!ranges.isEmpty()) {
        compactor.start(ranges);
      }
    }
  }
}
