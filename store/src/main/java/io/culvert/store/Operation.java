package io.culvert.store;

import org.jspecify.annotations.Nullable;

/**
 * A call of a journal that is under way. Made and completed on the thread of the journal's owner;
 * between, the thread of the store has it.
 */
abstract sealed class Operation permits Append, Scan {
  private final StoreJournal journal;
  private final long number;

  /** What was submitted before it, while it waits: the link of {@link OperationQueue}. */
  @Nullable Operation before;

  Operation(StoreJournal journal, long number) {
    this.journal = journal;
    this.number = number;
  }

  StoreJournal journal() {
    return journal;
  }

  /** Its place among all calls of the journal, from 1 on. */
  long number() {
    return number;
  }

  /** Whether its answer is there; that all before it is durable is asked elsewhere. */
  abstract boolean isAnswered();

  /** Tells whoever has called. */
  abstract void complete();
}
