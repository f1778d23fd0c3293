package io.culvert.store;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a manifest of RocksDB says: a list of edits, each of which adds and removes tables. Only
 * what is needed to see whether everything is there; a manifest with parts that are not known here
 * is left to RocksDB.
 */
final class Manifest {
  static final int COMPARATOR = 1;
  static final int LOG_NUMBER = 2;
  static final int NEXT_FILE_NUMBER = 3;
  static final int LAST_SEQUENCE = 4;
  static final int REMOVED_TABLE = 6;
  static final int ADDED_TABLE = 100;

  private static final int COMPACT_POINTER = 5;
  private static final int OLDEST_ADDED_TABLE = 7;
  private static final int PREVIOUS_LOG_NUMBER = 9;
  private static final int LEAST_LOG_NUMBER = 10;
  private static final int ADDED_TABLE_WITH_FIELDS = 103;
  private static final int LAST_FIELD = 1;
  private static final int GREATEST_COLUMN_FAMILY = 203;

  /** Whoever does not know such a part can leave it out: its length is in front. */
  private static final int IGNORABLE = 1 << 13;

  private final TreeMap<Long, Table> tables = new TreeMap<>();
  private final Set<Long> removed = new HashSet<>();
  private long logNumber;

  private Manifest() {}

  /** A file with sorted records. */
  record Table(int level, long number, long bytes) {}

  /** Null when there is something in it that is not known here. */
  static @Nullable Manifest read(Path file) throws IOException {
    Manifest manifest = new Manifest();
    try {
      LogFile.read(file, record -> manifest.apply(ByteBuffer.wrap(record)));
      return manifest;
    } catch (UnknownPartException e) {
      return null;
    }
  }

  /** The tables that count, in the order of their numbers. */
  Iterable<Table> tables() {
    return tables.values();
  }

  /** Whether it was removed and is only not deleted yet. */
  boolean isRemoved(long number) {
    return removed.contains(number);
  }

  /** Logs with lesser numbers do not count. */
  long logNumber() {
    return logNumber;
  }

  private void apply(ByteBuffer edit) throws UnknownPartException {
    try {
      while (edit.hasRemaining()) {
        part((int) varint(edit), edit);
      }
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new UnknownPartException();
    }
  }

  private void part(int tag, ByteBuffer edit) throws UnknownPartException {
    switch (tag) {
      case LOG_NUMBER -> logNumber = varint(edit);
      case NEXT_FILE_NUMBER,
          LAST_SEQUENCE,
          PREVIOUS_LOG_NUMBER,
          LEAST_LOG_NUMBER,
          GREATEST_COLUMN_FAMILY ->
          varint(edit);
      case COMPARATOR -> skip(edit);
      case COMPACT_POINTER -> {
        varint(edit);
        skip(edit);
      }
      case REMOVED_TABLE -> {
        varint(edit);
        long number = varint(edit);
        tables.remove(number);
        removed.add(number);
      }
      case OLDEST_ADDED_TABLE, ADDED_TABLE, ADDED_TABLE_WITH_FIELDS -> added(tag, edit);
      default -> {
        if ((tag & IGNORABLE) == 0) {
          throw new UnknownPartException();
        }
        skip(edit);
      }
    }
  }

  private void added(int tag, ByteBuffer edit) {
    Table table = new Table((int) varint(edit), varint(edit), varint(edit));
    skip(edit); // its least key
    skip(edit); // its greatest key
    if (tag != OLDEST_ADDED_TABLE) {
      varint(edit);
      varint(edit);
    }
    if (tag == ADDED_TABLE_WITH_FIELDS) {
      while (varint(edit) != LAST_FIELD) {
        skip(edit);
      }
    }
    tables.put(table.number, table);
    removed.remove(table.number);
  }

  private static void skip(ByteBuffer edit) {
    int length = (int) varint(edit);
    edit.position(edit.position() + length);
  }

  private static long varint(ByteBuffer edit) {
    long value = 0;
    int shift = 0;
    byte next;
    do {
      next = edit.get();
      value |= (long) (next & 0x7f) << shift;
      shift += 7;
    } while (next < 0);
    return value;
  }

  private static final class UnknownPartException extends IOException {}
}
