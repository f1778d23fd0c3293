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
 *   <li>When a batch is stored, the whole of it survives a crash. A batch is never stored in part,
 *       whenever the crash comes.
 *   <li>Batches that arrive while others are being stored are stored together, with one sync.
 *   <li>A batch that cannot be stored now is tried again until it is, and all behind it wait: only
 *       {@link #health} tells meanwhile. So whoever has a choice asks first.
 *   <li>After a crash no completion comes for what was under way.
 * </ul>
 */
public interface Journal {
  /** Stores a batch, which belongs to the journal from now on. An empty one is a barrier. */
  void append(JournalBatch batch, Stored completion);

  /**
   * Reads records in the order of their keys, one page at a time. What cannot be read any more is
   * left out; the implementation tells people of it.
   *
   * @param prefix what the keys begin with
   * @param after the last key of the page before, or {@link Bytes#EMPTY} for the first page
   * @param maximumBytes of keys and values in the page; one record always fits
   */
  void scan(Bytes prefix, Bytes after, int maximumBytes, Scanned completion);

  /** How it is now. */
  Health health();

  /** Whether batches can be stored. */
  enum Health {
    /** As far as is known. */
    READY,
    /** Only a reserve is left, for what has to be stored; nothing new should come. */
    FULL,
    /** Writing or syncing fails. */
    FAILING
  }

  /** A record. Neither part ever changes. */
  record Entry(Bytes key, Bytes value) {
    public int bytes() {
      return key.length() + value.length();
    }
  }

  /** A part of a scan. */
  record Page(List<Entry> entries, boolean hasMore) {
    public Page {
      entries = List.copyOf(entries);
    }
  }

  /** What happens after a batch: it is durable. */
  @FunctionalInterface
  interface Stored {
    void stored();
  }

  /** What happens after a scan. */
  @FunctionalInterface
  interface Scanned {
    void scanned(Page page);
  }
}
