package io.culvert.mqtt.topic;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All subscriptions by their Topic Filter, as a trie of levels. Single-threaded. Matching makes no
 * garbage, does not recurse, hashes each level of the topic at most once and looks at it no further
 * than filters reach. Where recent topics are remembered, theirs are not looked for again until the
 * tree changes.
 *
 * @param <S> a subscription; the same owner has at most one for the same filter
 */
public final class TopicTree<S> {
  /** A frontier that has grown beyond is not kept for the next match. */
  private static final int KEPT_FRONTIER = 1024;

  private final Function<? super S, ?> owner;
  private final Levels levels;
  private final TrieNode<Subscribers<S>> root = TrieNode.root();
  private @Nullable TrieNode<Subscribers<S>>[] frontier = newFrontier(16);
  private @Nullable TrieNode<Subscribers<S>>[] nextFrontier = newFrontier(16);
  private int frontierSize;
  private int nextFrontierSize;
  private final @Nullable RecentTopics<S> recent;
  private int size;

  /**
   * An empty tree.
   *
   * @param owner whose a subscription is; compared with {@code equals}
   * @param seed random, so that peers cannot choose topics whose hashes collide
   */
  public TopicTree(Function<? super S, ?> owner, long seed) {
    this(owner, seed, 0);
  }

  /**
   * As above.
   *
   * @param recentTopics how many recent topics are remembered with what matched: 0 or a power of
   *     two. Each takes some hundred bytes.
   */
  public TopicTree(Function<? super S, ?> owner, long seed, int recentTopics) {
    this.owner = owner;
    this.levels = new Levels(seed);
    this.recent = recentTopics == 0 ? null : new RecentTopics<>(recentTopics, seed);
  }

  /** Adds a subscription, or replaces that of the same owner and filter, which it returns. */
  public @Nullable S put(TopicFilter filter, S subscription) {
    changed();
    boolean below = endsWithHash(filter);
    TrieNode<Subscribers<S>> node = nodeOrNew(filter, below);
    Subscribers<S> at = below ? node.below : node.value;
    if (at == null) {
      at = new Subscribers<>();
      if (below) {
        node.below = at;
      } else {
        node.value = at;
      }
    }
    S replaced =
        filter.isShared()
            ? at.groupOrNew(filter).put(subscription, owner)
            : at.put(subscription, owner);
    if (replaced == null) {
      size++;
    }
    return replaced;
  }

  /** Removes and returns the subscription of the same owner and filter; null when there is none. */
  public @Nullable S remove(TopicFilter filter, S subscription) {
    boolean below = endsWithHash(filter);
    TrieNode<Subscribers<S>> node = node(filter, below);
    Subscribers<S> at = node == null ? null : below ? node.below : node.value;
    if (node == null || at == null) {
      return null;
    }
    S removed =
        filter.isShared() ? removeShared(at, filter, subscription) : at.remove(subscription, owner);
    if (removed == null) {
      return null;
    }
    changed();
    size--;
    if (at.isEmpty()) {
      if (below) {
        node.below = null;
      } else {
        node.value = null;
      }
      node.prune();
    }
    return removed;
  }

  /** The group of a shared filter, or null when it has no members. */
  public @Nullable SharedGroup<S> group(TopicFilter filter) {
    boolean below = endsWithHash(filter);
    TrieNode<Subscribers<S>> node = node(filter, below);
    Subscribers<S> at = node == null ? null : below ? node.below : node.value;
    return at == null ? null : at.group(filter);
  }

  /** Adds to {@code into} all that match, once per filter. */
  public void match(TopicName name, FanOut<S> into) {
    if (recent == null) {
      walk(name, into);
    } else if (!recent.addTo(into, name.utf8())) {
      int first = into.size();
      int firstGroup = into.groupCount();
      walk(name, into);
      recent.remember(name.utf8(), into, first, firstGroup);
    }
  }

  private void walk(TopicName name, FanOut<S> into) {
    Bytes topic = name.utf8();
    byte[] array = topic.array();
    int from = topic.start();
    int end = from + topic.length();
    boolean wildcards = !name.startsWithDollar(); // [MQTT5-4.7.2-1]
    nextFrontierSize = 0;
    addToFrontier(root);
    advance();
    while (frontierSize > 0) {
      int to = Levels.end(array, from, end);
      boolean hashed = false;
      int hash = 0;
      for (int i = 0; i < frontierSize; i++) {
        TrieNode<Subscribers<S>> node = frontierNode(i);
        if (wildcards) {
          add(node.below, into);
          addToFrontier(node.plus());
        }
        if (node.hasChildren()) {
          hash = hashed ? hash : levels.hash(array, from, to);
          hashed = true;
          addToFrontier(node.child(hash, array, from, to));
        }
      }
      advance();
      wildcards = true;
      if (to == end) {
        break;
      }
      from = to + 1;
    }
    for (int i = 0; i < frontierSize; i++) {
      TrieNode<Subscribers<S>> node = frontierNode(i);
      add(node.value, into);
      add(node.below, into); // a/# matches a
    }
    forgetLargeFrontier();
  }

  /** The number of subscriptions. */
  public int size() {
    return size;
  }

  /** Whether nothing at all is left in memory, for tests. */
  boolean isBare() {
    return !root.hasChildren() && root.plus() == null && root.value == null && root.below == null;
  }

  private void changed() {
    if (recent != null) {
      recent.forget();
    }
  }

  private @Nullable S removeShared(Subscribers<S> at, TopicFilter filter, S subscription) {
    SharedGroup<S> group = at.group(filter);
    if (group == null) {
      return null;
    }
    S removed = group.remove(subscription, owner);
    if (group.size() == 0) {
      at.removeGroup(group);
    }
    return removed;
  }

  private TrieNode<Subscribers<S>> nodeOrNew(TopicFilter filter, boolean below) {
    Bytes text = filter.levels();
    byte[] array = text.array();
    int end = endOfNodes(text, below);
    TrieNode<Subscribers<S>> node = root;
    for (int from = text.start(); from <= end; ) {
      int to = Levels.end(array, from, end);
      node =
          isPlus(array, from, to)
              ? node.plusOrNew()
              : node.childOrNew(levels.hash(array, from, to), array, from, to);
      from = to + 1;
    }
    return node;
  }

  private @Nullable TrieNode<Subscribers<S>> node(TopicFilter filter, boolean below) {
    Bytes text = filter.levels();
    byte[] array = text.array();
    int end = endOfNodes(text, below);
    TrieNode<Subscribers<S>> node = root;
    for (int from = text.start(); from <= end && node != null; ) {
      int to = Levels.end(array, from, end);
      node =
          isPlus(array, from, to)
              ? node.plus()
              : node.child(levels.hash(array, from, to), array, from, to);
      from = to + 1;
    }
    return node;
  }

  // Where the levels that have nodes end: before "/#"; before the start for "#" alone.
  private static int endOfNodes(Bytes text, boolean below) {
    return text.start() + text.length() - (below ? 2 : 0);
  }

  private static boolean endsWithHash(TopicFilter filter) {
    Bytes text = filter.levels();
    return text.get(text.length() - 1) == '#';
  }

  private static boolean isPlus(byte[] array, int from, int to) {
    return to - from == 1 && array[from] == '+';
  }

  private void add(@Nullable Subscribers<S> subscribers, FanOut<S> into) {
    if (subscribers != null) {
      subscribers.addTo(into);
    }
  }

  private void addToFrontier(@Nullable TrieNode<Subscribers<S>> node) {
    if (node == null) {
      return;
    }
    if (nextFrontierSize == nextFrontier.length) {
      nextFrontier = Arrays.copyOf(nextFrontier, nextFrontierSize * 2);
    }
    nextFrontier[nextFrontierSize++] = node;
  }

  private void advance() {
    @Nullable TrieNode<Subscribers<S>>[] done = frontier;
    frontier = nextFrontier;
    frontierSize = nextFrontierSize;
    nextFrontier = done;
    nextFrontierSize = 0;
  }

  @SuppressWarnings("NullAway") // below frontierSize there is always a node
  private TrieNode<Subscribers<S>> frontierNode(int index) {
    return frontier[index];
  }

  private void forgetLargeFrontier() {
    if (frontier.length > KEPT_FRONTIER || nextFrontier.length > KEPT_FRONTIER) {
      frontier = newFrontier(KEPT_FRONTIER);
      nextFrontier = newFrontier(KEPT_FRONTIER);
    }
  }

  @SuppressWarnings("unchecked")
  private static <S> @Nullable TrieNode<Subscribers<S>>[] newFrontier(int length) {
    return (TrieNode<Subscribers<S>>[]) new TrieNode<?>[length];
  }
}
