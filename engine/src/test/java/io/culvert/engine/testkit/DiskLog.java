package io.culvert.engine.testkit;

import io.culvert.engine.BufferPool;
import io.culvert.engine.ByteReader;
import io.culvert.engine.Bytes;
import io.culvert.engine.JournalBatch;
import io.culvert.engine.JournalRecords;
import io.culvert.engine.Outbox;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;

/** The bytes of a simulated disk: one frame per batch, with length and checksum. */
final class DiskLog {
  private static final int HEADER_BYTES = 8;
  private static final int PUT = 1;
  private static final int DELETE = 2;
  private static final int DELETE_ALL = 3;

  private byte[] bytes = {};
  private int syncedBytes;

  /** Writes a batch where a crash may still take it. */
  void write(JournalBatch batch) {
    byte[] body = body(batch);
    Outbox out = new Outbox(new BufferPool());
    out.u32(body.length);
    out.u32(checksum(body));
    out.copy(body, 0, body.length);
    append(out);
  }

  void sync() {
    syncedBytes = bytes.length;
  }

  /** Loses all that is not synced. */
  void loseUnsynced() {
    bytes = Arrays.copyOf(bytes, syncedBytes);
  }

  /** Keeps some whole batches of those that are not synced, from the front. */
  void keepSome(Random random) {
    int keep = syncedBytes;
    while (keep < bytes.length && random.nextBoolean()) {
      keep += HEADER_BYTES + (int) u32(keep);
    }
    bytes = Arrays.copyOf(bytes, keep);
  }

  /** Keeps the bytes up to any place behind the synced ones; garbage may follow. */
  void tear(Random random) {
    int written = bytes.length;
    int keep = syncedBytes + random.nextInt(written - syncedBytes + 1);
    byte[] torn = new byte[random.nextBoolean() ? keep : written];
    random.nextBytes(torn);
    System.arraycopy(bytes, 0, torn, 0, keep);
    bytes = torn;
  }

  /** Reads what is there after a start; cuts off what is damaged. */
  JournalRecords replay() {
    JournalRecords records = new JournalRecords();
    int at = 0;
    while (isWhole(at)) {
      int length = (int) u32(at);
      apply(Bytes.wrap(bytes, at + HEADER_BYTES, length), records);
      at += HEADER_BYTES + length;
    }
    if (at < syncedBytes) {
      throw new IllegalStateException("synced bytes are lost from " + at + " of " + syncedBytes);
    }
    bytes = Arrays.copyOf(bytes, at);
    syncedBytes = at;
    return records;
  }

  private boolean isWhole(int at) {
    if (bytes.length - at < HEADER_BYTES) {
      return false;
    }
    long length = u32(at);
    if (length > bytes.length - at - HEADER_BYTES) {
      return false;
    }
    int body = at + HEADER_BYTES;
    return u32(at + 4) == checksum(Arrays.copyOfRange(bytes, body, body + (int) length));
  }

  private long u32(int at) {
    ByteReader reader = new ByteReader();
    reader.reset(bytes, at, 4);
    return reader.u32();
  }

  private void append(Outbox out) {
    Flight flight = new Flight();
    out.drainTo(flight);
    byte[] added = flight.toByteArray();
    int at = bytes.length;
    bytes = Arrays.copyOf(bytes, at + added.length);
    System.arraycopy(added, 0, bytes, at, added.length);
  }

  private static byte[] body(JournalBatch batch) {
    Outbox out = new Outbox(new BufferPool());
    batch.forEach(
        new JournalBatch.Visitor() {
          @Override
          public void put(Bytes key, Bytes value) {
            out.u8(PUT);
            text(key);
            text(value);
          }

          @Override
          public void delete(Bytes key) {
            out.u8(DELETE);
            text(key);
          }

          @Override
          public void deleteAll(Bytes prefix) {
            out.u8(DELETE_ALL);
            text(prefix);
          }

          private void text(Bytes part) {
            out.u32(part.length());
            out.copy(part);
          }
        });
    Flight flight = new Flight();
    out.drainTo(flight);
    return flight.toByteArray();
  }

  private static void apply(Bytes body, JournalRecords records) {
    ByteReader reader = new ByteReader();
    reader.reset(body);
    while (reader.remaining() > 0) {
      switch (reader.u8()) {
        case PUT -> records.put(text(reader), text(reader));
        case DELETE -> records.delete(text(reader));
        default -> records.deleteAll(text(reader));
      }
    }
  }

  private static Bytes text(ByteReader reader) {
    return reader.take((int) reader.u32()).copy();
  }

  /** An empty body is marked as well: a run of zeros must not look like empty batches. */
  private static long checksum(byte[] body) {
    CRC32 crc = new CRC32();
    crc.update(0x43);
    crc.update(body);
    return crc.getValue();
  }
}
