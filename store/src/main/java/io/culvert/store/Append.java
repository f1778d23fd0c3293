package io.culvert.store;

import io.culvert.engine.Journal.Stored;
import io.culvert.engine.JournalBatch;

/** A batch to store. */
final class Append extends Operation {
  private final JournalBatch batch;
  private final Stored completion;

  Append(StoreJournal journal, long number, JournalBatch batch, Stored completion) {
    super(journal, number);
    this.batch = batch;
    this.completion = completion;
  }

  JournalBatch batch() {
    return batch;
  }

  @Override
  boolean isAnswered() {
    return true;
  }

  @Override
  void complete() {
    completion.stored();
  }
}
