package io.culvert.mqtt.session;

import java.util.Arrays;

/**
 * Packet identifiers of QoS 2 messages that were received and not released by the sender: the next
 * PUBLISH with one of them is a repetition [MQTT5-4.3.3-10]. A set of 1…65 535 that grows with its
 * content. A type of its own, so that the two directions' identifiers cannot be mixed up.
 */
public final class ReceivedIds {
  private static final char[] NONE = {};
  private static final int FIRST_SLOTS = 8;

  // Open addressing with linear probing; 0 marks a free slot; at most half full.
  private char[] slots = NONE;
  private int size;

  public int size() {
    return size;
  }

  /** Roughly what it holds of memory. */
  public int heldBytes() {
    return slots.length * Character.BYTES;
  }

  public boolean contains(int id) {
    return size > 0 && slots[find(id)] == id;
  }

  /** Adds an identifier; false when it was there. */
  public boolean add(int id) {
    if (id < 1 || id > 65_535) {
      throw new IllegalArgumentException("packet identifier " + id);
    }
    if (size * 2 >= slots.length) {
      resize(Math.max(FIRST_SLOTS, slots.length * 2));
    }
    int at = find(id);
    if (slots[at] == id) {
      return false;
    }
    slots[at] = (char) id;
    size++;
    return true;
  }

  /** Removes an identifier; false when it was not there. */
  public boolean remove(int id) {
    if (!contains(id)) {
      return false;
    }
    int mask = slots.length - 1;
    int hole = find(id);
    for (int at = (hole + 1) & mask; slots[at] != 0; at = (at + 1) & mask) {
      int home = home(slots[at]);
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        slots[hole] = slots[at];
        hole = at;
      }
    }
    slots[hole] = 0;
    size--;
    if (size == 0) {
      slots = slots.length > FIRST_SLOTS ? NONE : slots;
    }
    return true;
  }

  public void clear() {
    slots = NONE;
    size = 0;
  }

  /** The identifiers in rising order. */
  public int[] toArray() {
    int[] ids = new int[size];
    int count = 0;
    for (char id : slots) {
      if (id != 0) {
        ids[count++] = id;
      }
    }
    Arrays.sort(ids);
    return ids;
  }

  private int find(int id) {
    int mask = slots.length - 1;
    int at = home(id);
    while (slots[at] != 0 && slots[at] != id) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private int home(int id) {
    return (id * 0x9E3779B1) >>> 16 & (slots.length - 1);
  }

  private void resize(int length) {
    char[] old = slots;
    slots = new char[length];
    for (char id : old) {
      if (id != 0) {
        slots[find(id)] = id;
      }
    }
  }
}
