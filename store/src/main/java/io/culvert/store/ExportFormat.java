package io.culvert.store;

import io.culvert.engine.Bytes;
import io.culvert.engine.Journal.Entry;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * The lines of an export, each a JSON object: a header, one line for each record in the order of
 * the keys, and a trailer with their number and a checksum (CRC-32C) over their lines with the line
 * ends. So a file that was cut or changed is noticed.
 *
 * <pre>
 * {"format":"culvert-store-export","version":1}
 * {"key":"a2V5","value":"dmFsdWU="}
 * {"end":"culvert-store-export","records":1,"crc32c":"00000000"}
 * </pre>
 */
final class ExportFormat {
  private static final String NAME = "culvert-store-export";
  private static final int VERSION = 1;
  private static final String BASE64 = "([A-Za-z0-9+/]*={0,2})";
  private static final Pattern HEADER =
      Pattern.compile("\\{\"format\":\"" + NAME + "\",\"version\":(\\d{1,9})}\n");
  private static final Pattern RECORD =
      Pattern.compile("\\{\"key\":\"" + BASE64 + "\",\"value\":\"" + BASE64 + "\"}\n");

  private final CRC32C checksum = new CRC32C();
  private long records;

  ExportFormat() {}

  static String header() {
    return "{\"format\":\"%s\",\"version\":%d}\n".formatted(NAME, VERSION);
  }

  static String record(Bytes key, byte[] value) {
    Base64.Encoder encoder = Base64.getEncoder();
    return "{\"key\":\"%s\",\"value\":\"%s\"}\n"
        .formatted(encoder.encodeToString(key.toByteArray()), encoder.encodeToString(value));
  }

  /** Counts the line of a record, with its end. */
  void add(byte[] line) {
    checksum.update(line);
    records++;
  }

  /** Of the records that were counted. */
  String trailer() {
    return "{\"end\":\"%s\",\"records\":%d,\"crc32c\":\"%08x\"}\n"
        .formatted(NAME, records, checksum.getValue());
  }

  long records() {
    return records;
  }

  /** Throws when it is not one of a version that can be read. */
  static void checkHeader(String line) throws StoreException {
    Matcher header = HEADER.matcher(line);
    if (!header.matches()) {
      throw new StoreException("its first line is not that of an export of a Culvert store");
    }
    int version = Integer.parseInt(header.group(1));
    if (version != VERSION) {
      throw new StoreException(
          "it has format %d, and this version reads %d".formatted(version, VERSION));
    }
  }

  /** Throws when it is none. */
  static Entry parseRecord(String line) throws StoreException {
    Matcher record = RECORD.matcher(line);
    try {
      if (record.matches() && !record.group(1).isEmpty()) {
        Base64.Decoder decoder = Base64.getDecoder();
        return new Entry(
            Bytes.wrap(decoder.decode(record.group(1))),
            Bytes.wrap(decoder.decode(record.group(2))));
      }
    } catch (IllegalArgumentException e) {
      // not Base64
    }
    throw new StoreException("is no record, nor the end of the export");
  }

  static boolean isTrailer(String line) {
    return line.startsWith("{\"end\":");
  }
}
