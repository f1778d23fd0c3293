package io.culvert.store;

import io.culvert.engine.Bytes;
import io.culvert.engine.Journal.Page;
import io.culvert.engine.Journal.Scanned;
import org.jspecify.annotations.Nullable;

/** A page to read. */
final class Scan extends Operation {
  private final Bytes prefix;
  private final Bytes after;
  private final int maximumBytes;
  private final Scanned completion;
  private volatile @Nullable Page page;
  private boolean isTaken;

  Scan(
      StoreJournal journal,
      long number,
      Bytes prefix,
      Bytes after,
      int maximumBytes,
      Scanned completion) {
    super(journal, number);
    this.prefix = prefix;
    this.after = after;
    this.maximumBytes = maximumBytes;
    this.completion = completion;
  }

  Bytes prefix() {
    return prefix;
  }

  Bytes after() {
    return after;
  }

  int maximumBytes() {
    return maximumBytes;
  }

  /** The thread of the store: a view was taken for it, and it will be answered. */
  void take() {
    isTaken = true;
  }

  /** It was not answered and may be taken again. */
  void giveBack() {
    isTaken = false;
  }

  /** The thread of the store. */
  boolean isTaken() {
    return isTaken;
  }

  void answer(Page found) {
    page = found;
  }

  @Override
  boolean isAnswered() {
    return page != null;
  }

  @Override
  void complete() {
    Page found = page;
    if (found == null) {
      throw new IllegalStateException("a scan is completed before it is answered");
    }
    completion.scanned(found);
  }
}
