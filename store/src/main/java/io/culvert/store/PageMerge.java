package io.culvert.store;

import io.culvert.engine.Bytes;
import io.culvert.engine.Journal.Entry;
import io.culvert.engine.Journal.Page;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/** A page of the records of the database, from where the cursor stands, under an overlay. */
final class PageMerge {
  private final DatabaseCursor records;
  private final Overlay overlay;
  private final Iterator<Map.Entry<Bytes, Bytes>> puts;
  private final int maximumBytes;
  private @Nullable Entry nextRecord;
  private @Nullable Entry nextPut;

  PageMerge(DatabaseCursor records, Overlay overlay, Scan scan) {
    this.records = records;
    this.overlay = overlay;
    this.puts = overlay.putsAfter(scan.after());
    this.maximumBytes = scan.maximumBytes();
  }

  Page page() throws RocksDBException {
    readRecord();
    readPut();
    List<Entry> entries = new ArrayList<>();
    long left = maximumBytes;
    while (true) {
      Entry entry = next();
      if (entry == null) {
        return new Page(entries, false);
      }
      left -= entry.bytes();
      if (left < 0 && !entries.isEmpty()) {
        return new Page(entries, true);
      }
      entries.add(entry);
    }
  }

  private @Nullable Entry next() throws RocksDBException {
    Entry record = nextRecord;
    Entry put = nextPut;
    if (record == null || (put != null && put.key().compareTo(record.key()) < 0)) {
      readPut();
      return put;
    }
    records.next();
    readRecord();
    return record;
  }

  private void readRecord() throws RocksDBException {
    nextRecord = null;
    byte[] found;
    while ((found = records.key()) != null) {
      Bytes key = RecordKey.key(found);
      if (!overlay.hides(key)) {
        nextRecord = new Entry(key, Bytes.wrap(records.value()));
        return;
      }
      records.next();
    }
  }

  private void readPut() {
    nextPut = null;
    if (puts.hasNext()) {
      Map.Entry<Bytes, Bytes> put = puts.next();
      nextPut = new Entry(put.getKey(), put.getValue());
    }
  }
}
