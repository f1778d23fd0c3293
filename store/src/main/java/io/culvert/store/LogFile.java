package io.culvert.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * What is readable of a file in RocksDB's log format, in which its write-ahead logs and manifests
 * are: blocks of 32 KiB with records in pieces, each piece under a checksum. Behind a damage this
 * looks for the next whole piece, where RocksDB itself gives up the rest of the block.
 *
 * @param bytes of the file
 * @param records that are whole
 * @param damages in the order of their place; behind each there is a whole record
 * @param tornFrom where the part at the end begins that is no whole record, as when the process or
 *     the machine ends while it is written; equal to {@code bytes} where there is none
 */
record LogFile(long bytes, long records, List<Damage> damages, long tornFrom) {
  static final int BLOCK_BYTES = 32 << 10;
  static final int HEADER_BYTES = 7;
  static final int WHOLE = 1;
  static final int FIRST = 2;
  static final int MIDDLE = 3;
  static final int LAST = 4;

  /** What RocksDB says about the log itself: compression, timestamps, the log before. */
  private static final Set<Integer> OTHER_TYPES = Set.of(9, 10, 33);

  private static final int LENGTH_AT = 4;
  private static final int TYPE_AT = 6;

  LogFile {
    damages = List.copyOf(damages);
  }

  /** A part that is not readable, from the first to before the last byte. */
  record Damage(long from, long to) {}

  /** Takes records that are whole, in their order. */
  interface Target {
    void record(byte[] content) throws IOException;
  }

  static LogFile read(Path file) throws IOException {
    return read(file, content -> {});
  }

  static LogFile read(Path file, Target target) throws IOException {
    try (InputStream input = Files.newInputStream(file)) {
      return new Reader(target).read(input);
    }
  }

  boolean isTorn() {
    return tornFrom < bytes;
  }

  /** The checksum of a piece as the file has it: of type and content, then mixed. */
  static int checksum(byte[] array, int typeAt, int contentBytes) {
    CRC32C crc = new CRC32C();
    crc.update(array, typeAt, 1 + contentBytes);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
  }

  private static final class Reader {
    private static final long NOTHING = -1;

    private final Target target;
    private final List<Damage> damages = new ArrayList<>();
    private final byte[] block = new byte[BLOCK_BYTES];
    private final ByteBuffer fields = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteArrayOutputStream unfinished = new ByteArrayOutputStream();
    private long blockStart;
    private long records;

    /** Where a record began that has not ended yet. */
    private long unfinishedFrom = NOTHING;

    /** Where it began to be unreadable; a whole record behind it makes it a damage. */
    private long unreadableFrom = NOTHING;

    /** All that was unreadable since then is zero: reserved for the file and never written. */
    private boolean isBlank = true;

    Reader(Target target) {
      this.target = target;
    }

    LogFile read(InputStream input) throws IOException {
      int length;
      while ((length = input.readNBytes(block, 0, BLOCK_BYTES)) > 0) {
        readBlock(length);
        blockStart += length;
      }
      giveUpUnfinished();
      boolean isTorn = unreadableFrom != NOTHING && !isBlank;
      return new LogFile(blockStart, records, damages, isTorn ? unreadableFrom : blockStart);
    }

    private void readBlock(int length) throws IOException {
      int at = 0;
      while (at < length) {
        if (isPiece(at, length)) {
          int contentBytes = contentBytes(at);
          piece(block[at + TYPE_AT], at, contentBytes);
          at += HEADER_BYTES + contentBytes;
        } else if (length == BLOCK_BYTES && length - at < HEADER_BYTES && isZero(at, length)) {
          return; // no header has room at the end of a block
        } else {
          int next = nextPiece(at + 1, length);
          unreadable(blockStart + at, isZero(at, next));
          at = next;
        }
      }
    }

    private int nextPiece(int from, int length) {
      int at = from;
      while (at < length && !isPiece(at, length)) {
        at++;
      }
      return at;
    }

    private boolean isPiece(int at, int length) {
      return length - at >= HEADER_BYTES
          && isType(block[at + TYPE_AT])
          && contentBytes(at) <= length - at - HEADER_BYTES
          && fields.getInt(at) == checksum(block, at + TYPE_AT, contentBytes(at));
    }

    private static boolean isType(int type) {
      return (type >= WHOLE && type <= LAST) || OTHER_TYPES.contains(type);
    }

    private int contentBytes(int at) {
      return Short.toUnsignedInt(fields.getShort(at + LENGTH_AT));
    }

    private void piece(int type, int at, int contentBytes) throws IOException {
      if (type == WHOLE || type == FIRST) {
        giveUpUnfinished();
        unfinishedFrom = blockStart + at;
      }
      if (unfinishedFrom == NOTHING || type > LAST) {
        return; // its beginning is lost, or it is none of the records that count
      }
      unfinished.write(block, at + HEADER_BYTES, contentBytes);
      if (type == WHOLE || type == LAST) {
        whole();
      }
    }

    private void whole() throws IOException {
      records++;
      target.record(unfinished.toByteArray());
      if (unreadableFrom != NOTHING) {
        damages.add(new Damage(unreadableFrom, unfinishedFrom));
        unreadableFrom = NOTHING;
      }
      unfinishedFrom = NOTHING;
      unfinished.reset();
      isBlank = true;
    }

    private void giveUpUnfinished() {
      if (unfinishedFrom != NOTHING) {
        unreadable(unfinishedFrom, false);
      }
    }

    private void unreadable(long from, boolean zero) {
      isBlank &= zero && unfinishedFrom == NOTHING;
      if (unreadableFrom == NOTHING) {
        unreadableFrom = unfinishedFrom == NOTHING ? from : unfinishedFrom;
      }
      unfinishedFrom = NOTHING;
      unfinished.reset();
    }

    private boolean isZero(int from, int to) {
      for (int i = from; i < to; i++) {
        if (block[i] != 0) {
          return false;
        }
      }
      return true;
    }
  }
}
