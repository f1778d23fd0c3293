package io.culvert.store;

import io.culvert.engine.Bytes;
import io.culvert.engine.JournalBatch;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/** Several batches as one for the database. */
final class DiskBatch implements JournalBatch.Visitor, AutoCloseable {
  /** One that was larger gives its memory back. */
  private static final long KEPT_BYTES = 8 << 20;

  private WriteBatch batch = new WriteBatch();
  private final List<Bytes> deletedPrefixes = new ArrayList<>();

  void add(JournalBatch added) {
    added.forEach(this);
  }

  @Override
  public void put(Bytes key, Bytes value) {
    try {
      batch.put(RecordKey.of(key), exact(value));
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void delete(Bytes key) {
    try {
      batch.delete(RecordKey.of(key));
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void deleteAll(Bytes prefix) {
    try {
      batch.deleteRange(RecordKey.of(prefix), RecordKey.end(prefix));
      deletedPrefixes.add(prefix);
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  boolean isEmpty() {
    return batch.count() == 0;
  }

  void clear() {
    if (batch.getDataSize() > KEPT_BYTES) {
      batch.close();
      batch = new WriteBatch();
    }
    batch.clear();
    deletedPrefixes.clear();
  }

  /** Of which everything is deleted, as of the last {@link #clear}. */
  List<Bytes> deletedPrefixes() {
    return deletedPrefixes;
  }

  WriteBatch writeBatch() {
    return batch;
  }

  @Override
  public void close() {
    batch.close();
  }

  private static byte[] exact(Bytes value) {
    byte[] array = value.array();
    return array.length == value.length() ? array : value.toByteArray();
  }
}
