package io.culvert.tcp.wire;

import io.culvert.engine.ByteReader;
import io.culvert.engine.Bytes;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What both forms of packify share when they read a section: bounds on depth and number, and maps
 * made of pairs.
 */
final class PackCursor {
  /** Nobody nests authentication fields; this is only far from a stack overflow. */
  static final int MAXIMUM_DEPTH = 16;

  /** Signed messages have ten; the bound keeps maps of equal hashes cheap. */
  static final int MAXIMUM_VALUES = 1024;

  private int values;

  PackCursor() {}

  /** The fields of a section. */
  static AuthFields fields(Bytes section, ValueReader form) {
    try {
      return new AuthFields(form.read(reader(section), new PackCursor(), 1));
    } catch (ByteReader.Truncated e) {
      throw new FrameViolation("the authentication fields end within a value");
    }
  }

  static ByteReader reader(Bytes bytes) {
    ByteReader reader = new ByteReader();
    reader.reset(bytes);
    return reader;
  }

  /** Counts one more value. */
  void enter(int depth) {
    if (depth > MAXIMUM_DEPTH) {
      throw new FrameViolation("authentication fields are nested deeper than 16");
    }
    if (++values > MAXIMUM_VALUES) {
      throw new FrameViolation("authentication fields have more than 1024 values");
    }
  }

  /** As many bytes as the section says, if it has them. */
  static Bytes take(ByteReader reader, long length) {
    if (length > reader.remaining()) {
      throw new FrameViolation(
          "a value of %d bytes in the authentication fields, of which %d are left"
              .formatted(length, reader.remaining()));
    }
    return reader.take((int) length);
  }

  static BigInteger unsigned(Bytes magnitude) {
    return new BigInteger(1, magnitude.toByteArray());
  }

  static double real(Bytes bytes) {
    ByteReader reader = reader(bytes);
    return Double.longBitsToDouble(reader.u32() << 32 | reader.u32());
  }

  /** A later entry of a key replaces an earlier one. */
  static AuthValue mapping(List<AuthValue> pairs) {
    Map<AuthValue, AuthValue> entries = new LinkedHashMap<>();
    for (AuthValue pair : pairs) {
      if (!(pair instanceof AuthValue.Items items)
          || items.shape() != AuthValue.Shape.TUPLE
          || items.items().size() != 2
          || !isKey(items.items().get(0))) {
        throw new FrameViolation("a map in the authentication fields is not made of pairs");
      }
      entries.put(items.items().get(0), items.items().get(1));
    }
    return new AuthValue.Mapping(entries);
  }

  private static boolean isKey(AuthValue value) {
    return !(value instanceof AuthValue.Mapping)
        && !(value instanceof AuthValue.Items items && items.shape() != AuthValue.Shape.TUPLE);
  }

  /** Reads one value, in one of the forms. */
  @FunctionalInterface
  interface ValueReader {
    AuthValue read(ByteReader reader, PackCursor cursor, int depth);
  }
}
