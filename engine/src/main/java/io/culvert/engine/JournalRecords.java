package io.culvert.engine;

import io.culvert.engine.Journal.Entry;
import io.culvert.engine.Journal.Page;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The records of a journal in memory. */
public final class JournalRecords implements JournalBatch.Visitor {
  private final TreeMap<Bytes, Bytes> records = new TreeMap<>();
  private long bytes;

  /** Without any record yet. */
  public JournalRecords() {}

  @Override
  public void put(Bytes key, Bytes value) {
    bytes += key.length() + value.length() - lengthOf(key, records.put(key, value));
  }

  @Override
  public void delete(Bytes key) {
    bytes -= lengthOf(key, records.remove(key));
  }

  @Override
  public void deleteAll(Bytes prefix) {
    Iterator<Map.Entry<Bytes, Bytes>> left = records.tailMap(prefix, true).entrySet().iterator();
    while (left.hasNext()) {
      Map.Entry<Bytes, Bytes> next = left.next();
      if (!next.getKey().startsWith(prefix)) {
        return;
      }
      bytes -= lengthOf(next.getKey(), next.getValue());
      left.remove();
    }
  }

  public int size() {
    return records.size();
  }

  /** Bytes of all keys and values. */
  public long bytes() {
    return bytes;
  }

  /** A page as {@link Journal#scan} defines it. */
  public Page page(Bytes prefix, Bytes after, int maximumBytes) {
    boolean first = after.compareTo(prefix) < 0;
    List<Entry> entries = new ArrayList<>();
    long left = maximumBytes;
    for (Map.Entry<Bytes, Bytes> found :
        records.tailMap(first ? prefix : after, first).entrySet()) {
      Entry entry = new Entry(found.getKey(), found.getValue());
      left -= entry.bytes();
      if (!entry.key().startsWith(prefix)) {
        break;
      } else if (left < 0 && !entries.isEmpty()) {
        return new Page(entries, true);
      }
      entries.add(entry);
    }
    return new Page(entries, false);
  }

  private static long lengthOf(Bytes key, @Nullable Bytes value) {
    return value == null ? 0 : key.length() + value.length();
  }
}
