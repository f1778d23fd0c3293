package io.culvert.store;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** One edit for a manifest, in a form that every version of RocksDB reads. */
final class ManifestEdit {
  private static final String BYTEWISE = "leveldb.BytewiseComparator";

  /** Greater than every key of a record: those begin with a letter. */
  private static final byte[] BEHIND_ALL_KEYS = {(byte) 0xff};

  private static final byte[] BEFORE_ALL_KEYS = {};

  /** A key in a table ends with the number of the change and its kind, in eight bytes. */
  private static final long GREATEST_SEQUENCE = (1L << 56) - 1;

  private static final int PUT = 1;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  ManifestEdit() {}

  /** Begins a manifest. */
  ManifestEdit comparator() {
    varint(Manifest.COMPARATOR);
    array(BYTEWISE.getBytes(StandardCharsets.US_ASCII));
    return this;
  }

  /** Logs with lesser numbers do not count. */
  ManifestEdit logNumber(long number) {
    varint(Manifest.LOG_NUMBER);
    varint(number);
    return this;
  }

  ManifestEdit nextFileNumber(long number) {
    varint(Manifest.NEXT_FILE_NUMBER);
    varint(number);
    return this;
  }

  ManifestEdit lastSequence(long sequence) {
    varint(Manifest.LAST_SEQUENCE);
    varint(sequence);
    return this;
  }

  ManifestEdit removed(Manifest.Table table) {
    varint(Manifest.REMOVED_TABLE);
    varint(table.level());
    varint(table.number());
    return this;
  }

  /** Of which it is not known which keys it has, nor which changes. */
  ManifestEdit added(Manifest.Table table, long lastSequence) {
    varint(Manifest.ADDED_TABLE);
    varint(table.level());
    varint(table.number());
    varint(table.bytes());
    array(inTable(BEFORE_ALL_KEYS, GREATEST_SEQUENCE));
    array(inTable(BEHIND_ALL_KEYS, 0));
    varint(0);
    varint(lastSequence);
    return this;
  }

  byte[] toByteArray() {
    return bytes.toByteArray();
  }

  private static byte[] inTable(byte[] key, long sequence) {
    return ByteBuffer.allocate(key.length + Long.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(key)
        .putLong((sequence << 8) | PUT)
        .array();
  }

  private void array(byte[] array) {
    varint(array.length);
    bytes.writeBytes(array);
  }

  private void varint(long value) {
    long left = value;
    while (left >= 0x80) {
      bytes.write((int) ((left & 0x7f) | 0x80));
      left >>>= 7;
    }
    bytes.write((int) left);
  }
}
