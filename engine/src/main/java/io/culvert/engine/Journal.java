package io.culvert.engine;

import java.util.List;

/**
 * Durable records as I/O-free code sees them: keys in the order of {@link Bytes#compareTo}, changed
 * in batches. Nothing blocks and nothing throws: every call is answered later by its completion, on
 * the caller's own thread and never from inside of the call.
 *
 * <p>Promises of every implementation:
 *
 * <ul>
 *   <li>Calls take effect in the order in which they were made, and their completions come in that
 *       order: a scan sees every batch that was appended before it.
 *   <li>After {@link Outcome#DONE} the whole batch survives a crash. A batch is never stored in
 *       part, whenever the crash comes.
 *   <li>Batches that arrive while others are being stored are stored together, with one sync.
 *   <li>After a crash no completion comes for what was under way.
 * </ul>
 */
public interface Journal {
  /** Stores a batch, which belongs to the journal from now on. An empty one is a barrier. */
  void append(JournalBatch batch, Appended completion);

  /**
   * Reads records in the order of their keys, one page at a time.
   *
   * @param prefix what the keys begin with
   * @param after the last key of the page before, or {@link Bytes#EMPTY} for the first page
   * @param maximumBytes of keys and values in the page; one record always fits
   */
  void scan(Bytes prefix, Bytes after, int maximumBytes, Scanned completion);

  /** How a call ended. */
  enum Outcome {
    /** All of it is done and durable. */
    DONE,
    /** There is no room. Nothing of this batch is stored; later batches may succeed. */
    FULL,
    /**
     * The journal can promise nothing any more: this and every later call ends so until it is
     * opened anew. Whether this batch is stored, only the next start can tell.
     */
    BROKEN
  }

  /** A record. Neither part ever changes. */
  record Entry(Bytes key, Bytes value) {
    public int bytes() {
      return key.length() + value.length();
    }
  }

  /** A part of a scan; empty unless {@code outcome} is {@link Outcome#DONE}. */
  record Page(Outcome outcome, List<Entry> entries, boolean hasMore) {
    public Page {
      entries = List.copyOf(entries);
    }

    /** The page of a scan that failed. */
    public static Page failed(Outcome outcome) {
      return new Page(outcome, List.of(), false);
    }
  }

  /** What happens after a batch. */
  @FunctionalInterface
  interface Appended {
    void appended(Outcome outcome);
  }

  /** What happens after a scan. */
  @FunctionalInterface
  interface Scanned {
    void scanned(Page page);
  }
}
