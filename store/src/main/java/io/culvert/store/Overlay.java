package io.culvert.store;

import io.culvert.engine.Bytes;
import io.culvert.engine.JournalBatch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a scan sees on top of the database: batches that were appended before it and are being
 * stored with it. So a turn is one write however many scans are among its batches.
 */
final class Overlay implements JournalBatch.Visitor {
  private final Bytes prefix;
  private final TreeMap<Bytes, Bytes> puts = new TreeMap<>();
  private final Set<Bytes> deleted = new HashSet<>();
  private final List<Bytes> deletedPrefixes = new ArrayList<>();

  private Overlay(Bytes prefix) {
    this.prefix = prefix;
  }

  /** What these batches, in this order, mean for keys that begin so. */
  static Overlay of(List<JournalBatch> batches, Bytes prefix) {
    Overlay overlay = new Overlay(prefix);
    batches.forEach(batch -> batch.forEach(overlay));
    return overlay;
  }

  @Override
  public void put(Bytes key, Bytes value) {
    if (key.startsWith(prefix)) {
      puts.put(key, value);
      deleted.remove(key);
    }
  }

  @Override
  public void delete(Bytes key) {
    if (key.startsWith(prefix)) {
      puts.remove(key);
      deleted.add(key);
    }
  }

  @Override
  public void deleteAll(Bytes begin) {
    if (begin.startsWith(prefix) || prefix.startsWith(begin)) {
      puts.keySet().removeIf(key -> key.startsWith(begin));
      deletedPrefixes.add(begin);
    }
  }

  /** Whether the database's record of this key does not count. */
  boolean hides(Bytes key) {
    if (puts.containsKey(key) || deleted.contains(key)) {
      return true;
    }
    for (Bytes begin : deletedPrefixes) {
      if (key.startsWith(begin)) {
        return true;
      }
    }
    return false;
  }

  /** The records that are put, behind this key, in the order of their keys. */
  Iterator<Map.Entry<Bytes, Bytes>> putsAfter(Bytes key) {
    return puts.tailMap(key, false).entrySet().iterator();
  }
}
