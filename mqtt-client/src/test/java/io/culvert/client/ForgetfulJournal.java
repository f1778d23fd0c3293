package io.culvert.client;

import io.culvert.engine.Bytes;
import io.culvert.engine.Journal;
import io.culvert.engine.JournalBatch;
import io.culvert.engine.JournalRecords;
import java.util.ArrayDeque;
import java.util.Deque;

/** A journal that stores when it is told to, and loses in a crash what it had not stored. */
final class ForgetfulJournal implements Journal {
  private final JournalRecords records;
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private final Deque<Runnable> completions = new ArrayDeque<>();

  private ForgetfulJournal(JournalRecords records) {
    this.records = records;
  }

  static ForgetfulJournal empty() {
    return new ForgetfulJournal(new JournalRecords());
  }

  @Override
  public void append(JournalBatch batch, Stored completion) {
    waiting.add(
        () -> {
          batch.forEach(records);
          completions.add(completion::stored);
        });
  }

  @Override
  public void scan(Bytes prefix, Bytes after, int maximumBytes, Scanned completion) {
    waiting.add(
        () -> {
          Page page = records.page(prefix, after, maximumBytes);
          completions.add(() -> completion.scanned(page));
        });
  }

  @Override
  public Health health() {
    return Health.READY;
  }

  /** Stores so many calls, without telling. */
  void store(int calls) {
    for (int i = 0; i < calls && !waiting.isEmpty(); i++) {
      waiting.remove().run();
    }
  }

  /** Tells of what is stored. */
  void complete() {
    while (!completions.isEmpty()) {
      completions.remove().run();
    }
  }

  /** Stores everything and tells of it. */
  void settle() {
    while (!waiting.isEmpty() || !completions.isEmpty()) {
      store(Integer.MAX_VALUE);
      complete();
    }
  }

  /** What the next process finds. */
  ForgetfulJournal crashed() {
    return new ForgetfulJournal(records);
  }

  int size() {
    return records.size();
  }
}
