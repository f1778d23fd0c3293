package io.culvert.mqtt.topic;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One level of a trie over topics: its bytes, its children by the hash of their bytes in an
 * open-addressing table, the child for {@code +}, and what its owner keeps for the topic that ends
 * here and for {@code #} behind it.
 *
 * <p>Invariants: a child never moves inside a table; a deletion leaves {@link #tombstone()} and a
 * growing or shrinking table is a new array. So whoever walks along an array sees every child that
 * stays, whatever happens meanwhile. A node without content and children is not in the trie.
 *
 * @param <V> what is kept
 */
final class TrieNode<V> {
  private static final TrieNode<?>[] NO_CHILDREN = {};
  private static final TrieNode<?> TOMBSTONE = new TrieNode<>(null, new byte[0], 0);
  private static final byte[] NO_BYTES = {};

  private final @Nullable TrieNode<V> parent;
  private final byte[] level;
  private final int hash;

  private @Nullable TrieNode<V>[] children = noChildren();
  private int childCount;
  private int usedSlots;
  private @Nullable TrieNode<V> plus;

  /** What is kept for the topic or filter that ends here. */
  @Nullable V value;

  /** What is kept for {@code #} as the next and last level. */
  @Nullable V below;

  private TrieNode(@Nullable TrieNode<V> parent, byte[] level, int hash) {
    this.parent = parent;
    this.level = level;
    this.hash = hash;
  }

  static <V> TrieNode<V> root() {
    return new TrieNode<>(null, NO_BYTES, 0);
  }

  boolean hasChildren() {
    return childCount > 0;
  }

  /** The table of children with null and {@link #isTombstone tombstones} in it. */
  @Nullable TrieNode<V>[] table() {
    return children;
  }

  boolean isTombstone() {
    return this == TOMBSTONE;
  }

  /** Whether a leading wildcard does not match this first level. */
  boolean isDollar() {
    return level.length > 0 && level[0] == '$';
  }

  @Nullable TrieNode<V> plus() {
    return plus;
  }

  TrieNode<V> plusOrNew() {
    TrieNode<V> child = plus;
    if (child == null) {
      child = new TrieNode<>(this, NO_BYTES, 0);
      plus = child;
    }
    return child;
  }

  /** The child whose level has these bytes, or null. */
  @Nullable TrieNode<V> child(int hash, byte[] array, int from, int to) {
    int mask = children.length - 1;
    if (mask < 0) {
      return null;
    }
    for (int slot = hash & mask; ; slot = slot + 1 & mask) {
      TrieNode<V> child = children[slot];
      if (child == null) {
        return null;
      }
      if (child.hash == hash && child.isLevel(array, from, to)) {
        return child;
      }
    }
  }

  TrieNode<V> childOrNew(int hash, byte[] array, int from, int to) {
    TrieNode<V> child = child(hash, array, from, to);
    if (child == null) {
      child = new TrieNode<>(this, Arrays.copyOfRange(array, from, to), hash);
      add(child);
    }
    return child;
  }

  /** Takes this node and those above it out of the trie, as far as they have become empty. */
  void prune() {
    TrieNode<V> node = this;
    while (node.value == null && node.below == null && node.childCount == 0 && node.plus == null) {
      TrieNode<V> above = node.parent;
      if (above == null) {
        return;
      }
      if (above.plus == node) {
        above.plus = null;
      } else {
        above.remove(node);
      }
      node = above;
    }
  }

  private boolean isLevel(byte[] array, int from, int to) {
    return this != TOMBSTONE && Arrays.equals(level, 0, level.length, array, from, to);
  }

  private void add(TrieNode<V> child) {
    // At most three quarters in use, so that every search meets a free slot.
    if ((usedSlots + 1) * 4 > children.length * 3) {
      rehash();
    }
    insert(children, child);
    usedSlots++;
    childCount++;
  }

  private void remove(TrieNode<V> child) {
    int mask = children.length - 1;
    int slot = child.hash & mask;
    while (children[slot] != child) {
      slot = slot + 1 & mask;
    }
    children[slot] = tombstone();
    childCount--;
    if (childCount == 0) {
      children = noChildren();
      usedSlots = 0;
    } else if (childCount * 8 < children.length) {
      rehash();
    }
  }

  private void rehash() {
    // At most half in use afterwards, with room for the one that comes.
    int size = Math.max(2, Integer.highestOneBit(childCount * 2 + 1) * 2);
    @Nullable TrieNode<V>[] larger = newTable(size);
    for (TrieNode<V> child : children) {
      if (child != null && !child.isTombstone()) {
        insert(larger, child);
      }
    }
    children = larger;
    usedSlots = childCount;
  }

  private static <V> void insert(@Nullable TrieNode<V>[] table, TrieNode<V> child) {
    int mask = table.length - 1;
    int slot = child.hash & mask;
    while (table[slot] != null) {
      slot = slot + 1 & mask;
    }
    table[slot] = child;
  }

  @SuppressWarnings("unchecked")
  private static <V> TrieNode<V> tombstone() {
    return (TrieNode<V>) TOMBSTONE;
  }

  @SuppressWarnings("unchecked")
  static <V> @Nullable TrieNode<V>[] noChildren() {
    return (TrieNode<V>[]) NO_CHILDREN;
  }

  @SuppressWarnings("unchecked")
  private static <V> @Nullable TrieNode<V>[] newTable(int size) {
    return (TrieNode<V>[]) new TrieNode<?>[size];
  }
}
