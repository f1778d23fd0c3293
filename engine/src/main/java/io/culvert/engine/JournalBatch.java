package io.culvert.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes that are stored together or not at all. Keys and values must never change afterwards: a
 * borrowed view is copied before it comes here. Of two changes of one key the later one counts.
 */
public final class JournalBatch {
  private final List<Change> changes = new ArrayList<>();
  private long bytes;
  private int puts;

  /** Without any change yet. */
  public JournalBatch() {}

  /** Sets the value of a key. */
  public JournalBatch put(Bytes key, Bytes value) {
    puts++;
    return add(new Change(key, value, false));
  }

  /** Deletes a key, whether it is there or not. */
  public JournalBatch delete(Bytes key) {
    return add(new Change(key, null, false));
  }

  /** Deletes all keys that begin with this one, also those that were put before in this batch. */
  public JournalBatch deleteAll(Bytes prefix) {
    return add(new Change(prefix, null, true));
  }

  public boolean isEmpty() {
    return changes.isEmpty();
  }

  /** It takes no room: nothing is put. */
  public boolean onlyDeletes() {
    return puts == 0;
  }

  public int size() {
    return changes.size();
  }

  /** Bytes of all keys and values. */
  public long bytes() {
    return bytes;
  }

  /** Shows the changes in their order. */
  public void forEach(Visitor visitor) {
    for (Change change : changes) {
      if (change.value != null) {
        visitor.put(change.key, change.value);
      } else if (change.isPrefix) {
        visitor.deleteAll(change.key);
      } else {
        visitor.delete(change.key);
      }
    }
  }

  private JournalBatch add(Change change) {
    if (change.key.isEmpty()) {
      throw new IllegalArgumentException("a key has at least one byte");
    }
    changes.add(change);
    bytes += change.key.length() + (change.value == null ? 0 : change.value.length());
    return this;
  }

  /** Who looks at the changes of a batch. */
  public interface Visitor {
    void put(Bytes key, Bytes value);

    void delete(Bytes key);

    void deleteAll(Bytes prefix);
  }

  private record Change(Bytes key, @Nullable Bytes value, boolean isPrefix) {}
}
