package io.culvert.engine;

import java.util.ArrayDeque;

/**
 * A journal that lasts as long as the process, for brokers that run without a disk. Its owner is
 * told through a {@link Wake} that there is something to do, and calls {@link #turn} on its own
 * thread.
 */
public final class MemoryJournal implements Journal {
  private final Wake wake;
  private final JournalRecords records = new JournalRecords();
  private final ArrayDeque<Runnable> completions = new ArrayDeque<>();

  public MemoryJournal(Wake wake) {
    this.wake = wake;
  }

  @Override
  public void append(JournalBatch batch, Stored completion) {
    batch.forEach(records);
    complete(completion::stored);
  }

  @Override
  public void scan(Bytes prefix, Bytes after, int maximumBytes, Scanned completion) {
    Page page = records.page(prefix, after, maximumBytes);
    complete(() -> completion.scanned(page));
  }

  @Override
  public Health health() {
    return Health.READY;
  }

  /** Calls the completions that were due when it was called; more may be due afterwards. */
  public void turn() {
    for (int left = completions.size(); left > 0; left--) {
      completions.remove().run();
    }
  }

  /** Bytes of all keys and values. */
  public long bytes() {
    return records.bytes();
  }

  private void complete(Runnable completion) {
    completions.add(completion);
    if (completions.size() == 1) {
      wake.changed();
    }
  }
}
