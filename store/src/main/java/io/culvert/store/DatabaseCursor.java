package io.culvert.store;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;

/**
 * Goes through records in the order of their keys, and around those that cannot be read: a block of
 * a table with a wrong checksum hides some kilobytes of neighbours. Where it ends is found by
 * trying keys that are farther and farther away, and then those between.
 */
final class DatabaseCursor implements AutoCloseable {
  /**
   * Of the key behind a gap so many bytes are found, beyond those that it shares; each takes eight
   * tries.
   */
  private static final int REFINED_BYTES = 32;

  private final RocksDB rocks;
  private final byte[] from;
  private final byte[] end;
  private final Damages damages;
  private final boolean givesUp;
  private final Slice bound;
  private final ReadOptions options;
  private RocksIterator records;
  private @Nullable Detour detour;
  private byte @Nullable [] key;

  /**
   * Stands at the first record that can be read.
   *
   * @param snapshot or null for the records as they are now
   * @param from the first key
   * @param end behind the last key
   * @param givesUp what the device cannot read counts as damage, too
   */
  DatabaseCursor(
      RocksDB rocks,
      @Nullable Snapshot snapshot,
      byte[] from,
      byte[] end,
      Damages damages,
      boolean givesUp)
      throws RocksDBException {
    this.rocks = rocks;
    this.from = from;
    this.end = end;
    this.damages = damages;
    this.givesUp = givesUp;
    this.bound = new Slice(end);
    this.options = new ReadOptions().setIterateUpperBound(bound);
    if (snapshot != null) {
      options.setSnapshot(snapshot);
    }
    this.records = rocks.newIterator(options);
    boolean stands = false;
    try {
      records.seek(from);
      settle();
      stands = true;
    } finally {
      if (!stands) {
        close();
      }
    }
  }

  /** Through all records, as they are now. */
  static DatabaseCursor all(RocksDB rocks, Damages damages) throws RocksDBException {
    return new DatabaseCursor(rocks, null, RecordKey.FIRST, RecordKey.BEHIND_ALL, damages, true);
  }

  /** The key where it stands, or null at the end. */
  byte @Nullable [] key() {
    return key;
  }

  byte[] value() {
    Detour around = detour;
    return around == null ? records.value() : around.value();
  }

  void next() throws RocksDBException {
    Detour around = detour;
    if (around == null) {
      records.next();
      settle();
    } else {
      around.next();
      settleInDetour(around);
    }
  }

  @Override
  public void close() {
    endDetour();
    records.close();
    options.close();
    bound.close();
  }

  private void settle() throws RocksDBException {
    if (records.isValid()) {
      key = records.key();
      return;
    }
    try {
      records.status();
      key = null;
    } catch (RocksDBException e) {
      if (!isDamage(e)) {
        throw e;
      }
      goAround(e);
    }
  }

  /** The iterator finds where it can read again; before that, other tables have their turn. */
  private void goAround(RocksDBException damage) throws RocksDBException {
    byte[] last = key == null ? from : key;
    byte[] next = seekBehind(last) ? records.key() : end;
    damages.gap(last, next, String.valueOf(damage.getMessage()));
    Detour around = Detour.start(rocks, options, damage, last, next);
    if (around == null) {
      key = records.isValid() ? records.key() : null;
    } else {
      detour = around;
      settleInDetour(around);
    }
  }

  private void settleInDetour(Detour around) {
    key = around.key();
    if (key == null) {
      endDetour();
      key = records.isValid() ? records.key() : null;
    }
  }

  private void endDetour() {
    Detour around = detour;
    detour = null;
    if (around != null) {
      around.close();
    }
  }

  /** Whether there is a record that can be read behind the key; then the iterator stands there. */
  private boolean seekBehind(byte[] last) throws RocksDBException {
    for (int length = last.length; length > 0; length--) {
      byte[] candidate = increment(last, length);
      if (candidate == null) {
        continue;
      }
      boolean isBehindAll = Arrays.compareUnsigned(candidate, end) >= 0;
      if (isBehindAll || isReadable(candidate)) {
        byte[] found = refine(last, length, isBehindAll ? end : candidate);
        return isReadable(found) && records.isValid();
      }
    }
    return false;
  }

  /**
   * The first key that can be read, at some precision: at {@code found} it can, at all keys that
   * were tried and begin with the first {@code length} bytes of {@code last} it cannot.
   */
  private byte[] refine(byte[] last, int length, byte[] found) throws RocksDBException {
    byte[] readable = found;
    byte[] begin = Arrays.copyOf(last, length);
    int unreadable = length < last.length ? (last[length] & 0xff) + 1 : -1;
    for (int depth = 0; depth < REFINED_BYTES; depth++) {
      int above = 256;
      while (above - unreadable > 1) {
        int middle = (above + unreadable) >>> 1;
        byte[] tried = append(begin, middle);
        if (isReadable(tried)) {
          above = middle;
          readable = tried;
        } else {
          unreadable = middle;
        }
      }
      if (above == 0) {
        return readable; // nothing is between
      }
      begin = append(begin, above - 1);
      unreadable = -1;
    }
    return readable;
  }

  /** Whether the iterator can find the record at or behind the key, or that there is none. */
  private boolean isReadable(byte[] tried) throws RocksDBException {
    // One that has failed may go on failing at keys that can be read.
    records.close();
    records = rocks.newIterator(options);
    records.seek(tried);
    if (records.isValid()) {
      return true;
    }
    try {
      records.status();
      return true;
    } catch (RocksDBException e) {
      if (isDamage(e)) {
        return false;
      }
      throw e;
    }
  }

  private boolean isDamage(RocksDBException e) {
    return Opening.isDamage(e) || (givesUp && Opening.isUnreadable(e));
  }

  private static byte @Nullable [] increment(byte[] array, int length) {
    if (array[length - 1] == (byte) 0xff) {
      return null;
    }
    byte[] greater = Arrays.copyOf(array, length);
    greater[length - 1]++;
    return greater;
  }

  private static byte[] append(byte[] array, int value) {
    byte[] longer = Arrays.copyOf(array, array.length + 1);
    longer[array.length] = (byte) value;
    return longer;
  }
}
