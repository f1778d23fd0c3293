package io.culvert.store;

import io.culvert.engine.Bytes;

/** What records are, by their keys. Whoever makes the keys knows; a store does not. */
@FunctionalInterface
public interface RecordKinds {
  /** All are just records. */
  RecordKinds UNKNOWN = key -> "record";

  /** In one word or a few, such as {@code session}. */
  String kindOf(Bytes key);
}
