package io.culvert.store;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.Range;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.SizeApproximationFlag;
import org.rocksdb.Slice;

/**
 * Sorts files anew where whole ranges of keys were deleted, on a thread of its own while others
 * write and read. Started and closed by the thread of the store.
 */
final class Compactor implements AutoCloseable {
  /** Less is not worth the work. */
  private static final long LEAST_BYTES = 4 << 20;

  private final RocksDB rocks;
  private final StoreCounters counters;
  private @Nullable Thread thread;

  Compactor(RocksDB rocks, StoreCounters counters) {
    this.rocks = rocks;
    this.counters = counters;
  }

  boolean isBusy() {
    Thread last = thread;
    return last != null && last.isAlive();
  }

  /** When it is not busy. */
  void start(List<DeletedRanges.KeyRange> ranges) {
    Thread next = DaemonThread.of("culvert-store-compactor", () -> compact(ranges));
    thread = next;
    next.start();
  }

  /** The database is closed next, and does nothing by itself any more. */
  @Override
  public void close() {
    rocks.cancelAllBackgroundWork(true);
    Thread last = thread;
    if (last != null) {
      Uninterrupted.join(last);
    }
  }

  private void compact(List<DeletedRanges.KeyRange> ranges) {
    try (CompactRangeOptions options =
        new CompactRangeOptions().setExclusiveManualCompaction(false)) {
      for (DeletedRanges.KeyRange range : ranges) {
        if (bytes(range) >= LEAST_BYTES) {
          rocks.compactRange(
              rocks.getDefaultColumnFamily(),
              range.from().toByteArray(),
              range.end().toByteArray(),
              options);
        }
      }
    } catch (RocksDBException e) {
      // It is closed, or the next write fails for the same reason and somebody sees to it.
      counters.failed("giving room back failed: " + e.getMessage());
    }
  }

  private long bytes(DeletedRanges.KeyRange range) {
    try (Slice from = new Slice(range.from().toByteArray());
        Slice end = new Slice(range.end().toByteArray())) {
      return rocks
          .getApproximateSizes(List.of(new Range(from, end)), SizeApproximationFlag.INCLUDE_FILES)[
          0];
    }
  }
}
