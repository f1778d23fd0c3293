package io.culvert.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A manifest for the files of a database that has lost its own, or some of its files: all that are
 * there, in the level in which files may overlap. Which of two records of a key is newer stands in
 * the files themselves, so nothing depends on an order of files that nobody knows any more.
 *
 * <p>The format is that of RocksDB's own manifests, in its oldest form, which every version reads.
 */
final class ManifestRebuild {
  private static final int COMPARATOR = 1;
  private static final int LOG_NUMBER = 2;
  private static final int NEXT_FILE_NUMBER = 3;
  private static final int LAST_SEQUENCE = 4;
  private static final int NEW_FILE = 100;
  private static final int LEVEL = 0;

  private static final String BYTEWISE = "leveldb.BytewiseComparator";

  /** Greater than every key of a record: those begin with a letter. */
  private static final byte[] BEHIND_ALL_KEYS = {(byte) 0xff};

  private static final byte[] BEFORE_ALL_KEYS = {};

  /** A key in a file ends with sequence number and kind in eight bytes. */
  private static final long GREATEST_SEQUENCE = (1L << 56) - 1;

  private static final int PUT = 1;

  private final ByteArrayOutputStream edit = new ByteArrayOutputStream();

  private ManifestRebuild() {}

  /** A file with its number in the database. */
  record Table(long number, long bytes) {}

  /**
   * Writes {@code MANIFEST-…} and {@code CURRENT}.
   *
   * @param nextNumber greater than that of every file
   * @param lastSequence greater than all numbers of changes in all files
   */
  static void write(Path database, List<Table> tables, long nextNumber, long lastSequence)
      throws IOException {
    ManifestRebuild rebuild = new ManifestRebuild();
    rebuild.varint(COMPARATOR);
    rebuild.bytes(BYTEWISE.getBytes(StandardCharsets.US_ASCII));
    rebuild.varint(LOG_NUMBER);
    rebuild.varint(0); // every log that is there counts
    rebuild.varint(NEXT_FILE_NUMBER);
    rebuild.varint(nextNumber + 1);
    rebuild.varint(LAST_SEQUENCE);
    rebuild.varint(lastSequence);
    for (Table table : tables) {
      rebuild.table(table, lastSequence);
    }
    String name = "MANIFEST-%06d".formatted(nextNumber);
    try (LogFileWriter manifest = LogFileWriter.open(database.resolve(name))) {
      manifest.record(rebuild.edit.toByteArray());
    }
    DurableFile.write(
        database.resolve("CURRENT"), (name + "\n").getBytes(StandardCharsets.US_ASCII));
    DurableFile.syncFolder(database);
  }

  private void table(Table table, long lastSequence) {
    varint(NEW_FILE);
    varint(LEVEL);
    varint(table.number);
    varint(table.bytes);
    bytes(inFile(BEFORE_ALL_KEYS, GREATEST_SEQUENCE));
    bytes(inFile(BEHIND_ALL_KEYS, 0));
    varint(0);
    varint(lastSequence);
  }

  private static byte[] inFile(byte[] key, long sequence) {
    return ByteBuffer.allocate(key.length + Long.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(key)
        .putLong((sequence << 8) | PUT)
        .array();
  }

  private void bytes(byte[] array) {
    varint(array.length);
    edit.writeBytes(array);
  }

  private void varint(long value) {
    long left = value;
    while (left >= 0x80) {
      edit.write((int) ((left & 0x7f) | 0x80));
      left >>>= 7;
    }
    edit.write((int) left);
  }
}
