package io.culvert.mqtt.topic;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import org.jspecify.annotations.Nullable;

/**
 * One retained message per Topic Name, as a trie of levels, found by Topic Filter. Single-threaded.
 *
 * @param <M> a retained message
 */
public final class RetainedTree<M> {
  private final Levels levels;
  private final TrieNode<M> root = TrieNode.root();
  private int size;

  /**
   * An empty tree.
   *
   * @param seed random, so that peers cannot choose topics whose hashes collide
   */
  public RetainedTree(long seed) {
    this.levels = new Levels(seed);
  }

  /** Keeps a message; returns the one that it replaces, or null. */
  public @Nullable M put(TopicName name, M message) {
    Bytes topic = name.utf8();
    byte[] array = topic.array();
    int end = topic.start() + topic.length();
    TrieNode<M> node = root;
    for (int from = topic.start(); from <= end; ) {
      int to = Levels.end(array, from, end);
      node = node.childOrNew(levels.hash(array, from, to), array, from, to);
      from = to + 1;
    }
    M replaced = node.value;
    node.value = message;
    if (replaced == null) {
      size++;
    }
    return replaced;
  }

  /** Removes and returns a message, or null when there is none. */
  public @Nullable M remove(TopicName name) {
    TrieNode<M> node = node(name);
    M removed = node == null ? null : node.value;
    if (node != null && removed != null) {
      node.value = null;
      node.prune();
      size--;
    }
    return removed;
  }

  /** The message of a topic, or null. */
  public @Nullable M get(TopicName name) {
    TrieNode<M> node = node(name);
    return node == null ? null : node.value;
  }

  /**
   * All messages whose topics a filter matches. The tree may change while the cursor is in use:
   * what is put or removed meanwhile may be missed or not; everything else is found exactly once.
   */
  public Cursor<M> match(TopicFilter filter) {
    return new Cursor<>(root, levels, filter);
  }

  public int size() {
    return size;
  }

  /** Whether nothing at all is left in memory, for tests. */
  boolean isBare() {
    return !root.hasChildren() && root.value == null;
  }

  private @Nullable TrieNode<M> node(TopicName name) {
    Bytes topic = name.utf8();
    byte[] array = topic.array();
    int end = topic.start() + topic.length();
    TrieNode<M> node = root;
    for (int from = topic.start(); from <= end && node != null; ) {
      int to = Levels.end(array, from, end);
      node = node.child(levels.hash(array, from, to), array, from, to);
      from = to + 1;
    }
    return node;
  }

  /**
   * A walk along the topics that a filter can match, depth first, with a stack of its own, because
   * a topic may have very many levels.
   */
  public static final class Cursor<M> {
    private final Levels levels;
    private final byte[] filter;
    private final int end;
    private final boolean leadingWildcard;
    private @Nullable Frame<M> top;
    private @Nullable TrieNode<M> found;

    private Cursor(TrieNode<M> root, Levels levels, TopicFilter topicFilter) {
      Bytes text = topicFilter.levels();
      this.levels = levels;
      this.filter = text.array();
      this.end = text.start() + text.length();
      this.leadingWildcard = text.get(0) == '+' || text.get(0) == '#';
      descend(root, text.start());
    }

    /** The next message, or null when there are no more. */
    public @Nullable M next() {
      return next(Integer.MAX_VALUE);
    }

    /**
     * The next message, or null when there are no more ({@link #isDone}) or after so many steps
     * without finding one, to go on later.
     */
    public @Nullable M next(int maximumSteps) {
      int steps = maximumSteps;
      Frame<M> frame = top;
      while (!isFound() && frame != null && steps-- > 0) {
        step(frame);
        frame = top;
      }
      TrieNode<M> node = found;
      found = null;
      return node == null ? null : node.value;
    }

    /** Whether there is nothing more to come. */
    public boolean isDone() {
      return !isFound() && top == null;
    }

    /** A message that was found when the walk began may be gone, or another one, by now. */
    private boolean isFound() {
      return found != null && found.value != null;
    }

    /** Looks at one slot of the uppermost table. */
    private void step(Frame<M> frame) {
      if (frame.slot == frame.table.length) {
        top = frame.below;
        return;
      }
      TrieNode<M> child = frame.table[frame.slot++];
      if (child == null || child.isTombstone()) {
        return;
      }
      if (frame.below == null && leadingWildcard && child.isDollar()) {
        return; // [MQTT5-4.7.2-1]
      }
      if (filter[frame.levelStart] == '#') {
        found = child;
        push(child, frame.levelStart);
        return;
      }
      int levelEnd = frame.levelStart + 1;
      if (levelEnd == end) {
        found = child;
      } else {
        descend(child, levelEnd + 1);
      }
    }

    /** Goes straight down from a node as far as the filter has no wildcard. */
    private void descend(TrieNode<M> start, int levelStart) {
      TrieNode<M> node = start;
      int from = levelStart;
      while (node != null) {
        int wildcard = from < end ? filter[from] : 0; // an empty last level has no byte
        if (wildcard == '#' || wildcard == '+') {
          found = wildcard == '#' ? node : null; // a/# matches a
          push(node, from);
          return;
        }
        int to = Levels.end(filter, from, end);
        node = node.child(levels.hash(filter, from, to), filter, from, to);
        if (to == end) {
          found = node;
          return;
        }
        from = to + 1;
      }
    }

    private void push(TrieNode<M> node, int levelStart) {
      if (node.hasChildren()) {
        top = new Frame<>(node.table(), levelStart, top);
      }
    }
  }

  /** A table of children to walk along, and the level of the filter that they must match. */
  private static final class Frame<M> {
    private final @Nullable TrieNode<M>[] table;
    private final int levelStart;
    private final @Nullable Frame<M> below;
    private int slot;

    private Frame(@Nullable TrieNode<M>[] table, int levelStart, @Nullable Frame<M> below) {
      this.table = table;
      this.levelStart = levelStart;
      this.below = below;
    }
  }
}
