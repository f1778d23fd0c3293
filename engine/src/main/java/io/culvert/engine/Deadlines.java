package io.culvert.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Deadlines of many keys, for one timer. Putting a deadline off costs one assignment: the entry
 * stays filed under its old, earlier time and is filed anew only when that comes. So {@link
 * #earliest()} may be early, but {@link #pollExpired} never is. Single-threaded.
 *
 * @param <K> whose deadline it is
 */
public final class Deadlines<K> {
  private static final int NOT_FILED = -1;

  private Entry<K>[] heap = newHeap(16);
  private int size;

  /** Holds no deadline yet. */
  public Deadlines() {}

  /** An entry for {@code key}, not filed yet. Its owner keeps it. */
  public Entry<K> entry(K key) {
    return new Entry<>(key);
  }

  /** Sets or moves a deadline; {@link Engine#NO_DEADLINE} clears it. */
  public void set(Entry<K> entry, long atMillis) {
    entry.atMillis = atMillis;
    if (entry.index == NOT_FILED) {
      if (atMillis != Engine.NO_DEADLINE) {
        file(entry);
      }
    } else if (atMillis < entry.filedMillis) {
      entry.filedMillis = atMillis;
      siftUp(entry.index, entry);
    }
  }

  /** Takes an entry out at once, for an owner that ends. */
  public void remove(Entry<K> entry) {
    int index = entry.index;
    entry.atMillis = Engine.NO_DEADLINE;
    if (index == NOT_FILED) {
      return;
    }
    entry.index = NOT_FILED;
    Entry<K> last = heap[--size];
    forget(size);
    if (last != entry) {
      last.index = index;
      heap[index] = last;
      siftDown(index, last);
      if (heap[index] == last) {
        siftUp(index, last);
      }
    }
  }

  /** Not later than the earliest deadline; {@link Engine#NO_DEADLINE} when there is none. */
  public long earliest() {
    return size == 0 ? Engine.NO_DEADLINE : heap[0].filedMillis;
  }

  /** Takes out and returns the key of a deadline that has come, or null. */
  public @Nullable K pollExpired(long nowMillis) {
    while (size > 0 && heap[0].filedMillis <= nowMillis) {
      Entry<K> entry = heap[0];
      long atMillis = entry.atMillis;
      remove(entry);
      if (atMillis <= nowMillis) {
        return entry.key;
      }
      set(entry, atMillis);
    }
    return null;
  }

  public int size() {
    return size;
  }

  private void file(Entry<K> entry) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, size * 2);
    }
    entry.filedMillis = entry.atMillis;
    siftUp(size++, entry);
  }

  private void siftUp(int from, Entry<K> entry) {
    int index = from;
    while (index > 0) {
      int parent = (index - 1) >>> 1;
      if (heap[parent].filedMillis <= entry.filedMillis) {
        break;
      }
      place(index, heap[parent]);
      index = parent;
    }
    place(index, entry);
  }

  private void siftDown(int from, Entry<K> entry) {
    int index = from;
    while (index * 2 + 1 < size) {
      int child = index * 2 + 1;
      if (child + 1 < size && heap[child + 1].filedMillis < heap[child].filedMillis) {
        child++;
      }
      if (entry.filedMillis <= heap[child].filedMillis) {
        break;
      }
      place(index, heap[child]);
      index = child;
    }
    place(index, entry);
  }

  private void place(int index, Entry<K> entry) {
    heap[index] = entry;
    entry.index = index;
  }

  @SuppressWarnings("NullAway") // a place at or beyond size is never read
  private void forget(int index) {
    heap[index] = null;
  }

  @SuppressWarnings("unchecked")
  private static <K> Entry<K>[] newHeap(int length) {
    return (Entry<K>[]) new Entry<?>[length];
  }

  /** One key's place among the deadlines. */
  public static final class Entry<K> {
    private final K key;
    private long atMillis = Engine.NO_DEADLINE;
    private long filedMillis = Engine.NO_DEADLINE;
    private int index = NOT_FILED;

    private Entry(K key) {
      this.key = key;
    }
  }
}
