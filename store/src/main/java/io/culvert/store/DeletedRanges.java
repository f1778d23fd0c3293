package io.culvert.store;

import io.culvert.engine.Bytes;
import java.util.ArrayList;
import java.util.List;

/**
 * Ranges of keys that were deleted as a whole, whose room in files RocksDB would not give back
 * before it writes there again. Of many ranges only what they span together is kept. One thread.
 */
final class DeletedRanges {
  private static final int MAXIMUM = 100;

  private final List<KeyRange> ranges = new ArrayList<>();

  /** From the first key to before the end. */
  record KeyRange(Bytes from, Bytes end) {}

  void add(byte[] from, byte[] end) {
    ranges.add(new KeyRange(Bytes.wrap(from), Bytes.wrap(end)));
    if (ranges.size() > MAXIMUM) {
      KeyRange span = ranges.get(0);
      for (KeyRange range : ranges) {
        span = new KeyRange(least(span.from, range.from), greatest(span.end, range.end));
      }
      ranges.clear();
      ranges.add(span);
    }
  }

  /** All of them, which are forgotten. */
  List<KeyRange> take() {
    List<KeyRange> taken = List.copyOf(ranges);
    ranges.clear();
    return taken;
  }

  private static Bytes least(Bytes one, Bytes other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  private static Bytes greatest(Bytes one, Bytes other) {
    return one.compareTo(other) >= 0 ? one : other;
  }
}
