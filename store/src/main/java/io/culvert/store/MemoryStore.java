package io.culvert.store;

import io.culvert.engine.Journal;
import io.culvert.engine.Journal.Health;
import io.culvert.engine.JournalRecords;
import java.util.concurrent.Executor;

/** A store that lasts as long as the process, for brokers that run without a disk. */
public final class MemoryStore implements Store {
  /** Guards all that follows. */
  private final Object lock = new Object();

  private final JournalRecords records = new JournalRecords();
  private long batches;
  private long bytes;
  private long scans;
  private boolean isClosed;

  private MemoryStore() {}

  /** Without any record yet. */
  public static MemoryStore create() {
    return new MemoryStore();
  }

  @Override
  public Journal journal(Executor owner) {
    return new StoreJournal(owner, this::take, () -> Health.READY);
  }

  @Override
  public StoreStatus status() {
    synchronized (lock) {
      return new StoreStatus(
          Health.READY, 0, Long.MAX_VALUE, 0, 0, batches, bytes, 0, 0, scans, 0, 0, 0, "");
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      isClosed = true;
    }
  }

  private void take(Operation operation) {
    synchronized (lock) {
      if (isClosed) {
        return;
      }
      if (operation instanceof Append append) {
        append.batch().forEach(records);
        batches++;
        bytes += append.batch().bytes();
      } else if (operation instanceof Scan scan) {
        scan.answer(records.page(scan.prefix(), scan.after(), scan.maximumBytes()));
        scans++;
      }
    }
    operation.journal().durableUpTo(operation.number());
    operation.journal().wake();
  }
}
