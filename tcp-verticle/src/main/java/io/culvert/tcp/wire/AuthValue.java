package io.culvert.tcp.wire;

import io.culvert.engine.Bytes;
import java.math.BigInteger;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A value of the authentication fields: what packify can carry. Immutable. */
public sealed interface AuthValue {
  /** The value that says nothing. */
  AuthValue NOTHING = new Nothing();

  static AuthValue of(Bytes bytes) {
    return new Octets(bytes, false);
  }

  static AuthValue of(String text) {
    return new Text(text);
  }

  static AuthValue of(long number) {
    return new Whole(BigInteger.valueOf(number));
  }

  /**
   * Any bytes.
   *
   * @param array whether the sender held them in a Python {@code bytearray}, which the wire tells
   *     apart and nobody needs to
   */
  record Octets(Bytes bytes, boolean array) implements AuthValue {}

  record Text(String text) implements AuthValue {}

  record Whole(BigInteger value) implements AuthValue {}

  record Flag(boolean value) implements AuthValue {}

  record Real(double value) implements AuthValue {}

  /** A decimal number as its sender wrote it; never looked into. */
  record Decimal(String text) implements AuthValue {}

  /** Python's {@code None}. */
  record Nothing() implements AuthValue {}

  record Items(Shape shape, List<AuthValue> items) implements AuthValue {
    public Items {
      items = List.copyOf(items);
    }
  }

  /** The order of the entries is kept and means nothing. */
  record Mapping(Map<AuthValue, AuthValue> entries) implements AuthValue {
    public Mapping {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }
  }

  /** Kinds of {@link Items}. */
  enum Shape {
    LIST,
    SET,
    TUPLE
  }
}
