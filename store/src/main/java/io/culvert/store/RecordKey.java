package io.culvert.store;

import io.culvert.engine.Bytes;

/**
 * The keys of records in the database: one byte more in front, so that there is always a key behind
 * all that begin with the same bytes, and room for what is not a record.
 */
final class RecordKey {
  private static final byte RECORD = 'r';

  /** No record's key is less. */
  static final byte[] FIRST = {RECORD};

  /** Every record's key is less. */
  static final byte[] BEHIND_ALL = {RECORD + 1};

  private RecordKey() {}

  /** What the database calls a record, or the first that begins so. */
  static byte[] of(Bytes key) {
    byte[] array = new byte[1 + key.length()];
    array[0] = RECORD;
    key.copyTo(array, 1);
    return array;
  }

  /** The first key that is greater. */
  static byte[] after(Bytes key) {
    byte[] array = new byte[key.length() + 2];
    array[0] = RECORD;
    key.copyTo(array, 1);
    return array;
  }

  /** The first key behind all that begin so. */
  static byte[] end(Bytes prefix) {
    int length = prefix.length();
    while (length > 0 && prefix.get(length - 1) == 0xff) {
      length--;
    }
    byte[] array = of(prefix.slice(0, length));
    array[length]++;
    return array;
  }

  /** The key of the record that the database calls so. */
  static Bytes key(byte[] array) {
    return Bytes.wrap(array, 1, array.length - 1);
  }
}
