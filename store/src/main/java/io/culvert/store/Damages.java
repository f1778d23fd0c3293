package io.culvert.store;

import java.util.HashSet;
import java.util.Set;

/** Tells people of records that cannot be read: once of each gap, however often it is met. */
final class Damages {
  /** More of them are counted but no longer told apart. */
  private static final int MAXIMUM_TOLD = 1000;

  private static final int SHOWN_BYTES = 80;

  private final StoreLog log;
  private final StoreCounters counters;
  private final Set<String> told = new HashSet<>();

  Damages(StoreLog log, StoreCounters counters) {
    this.log = log;
    this.counters = counters;
  }

  /** Between these keys, as the database has them, nothing can be read. Any thread. */
  synchronized void gap(byte[] behind, byte[] before, String why) {
    String text =
        "records cannot be read and are left out, those between the keys %s and %s: %s"
            .formatted(shown(behind), shown(before), why);
    if (told.size() < MAXIMUM_TOLD && told.add(shown(behind))) {
      counters.damaged(text);
      log.error(text);
    }
  }

  /** There was none. */
  synchronized boolean isEmpty() {
    return told.isEmpty();
  }

  /** A key as people read it: what is not printable in hexadecimal. */
  static String shown(byte[] key) {
    StringBuilder text = new StringBuilder();
    for (int i = 1; i < key.length; i++) {
      if (i > SHOWN_BYTES) {
        return text.append('…').toString();
      }
      int next = key[i] & 0xff;
      if (next > ' ' && next < 0x7f && next != '\\') {
        text.append((char) next);
      } else {
        text.append("\\x%02x".formatted(next));
      }
    }
    return text.toString();
  }
}
