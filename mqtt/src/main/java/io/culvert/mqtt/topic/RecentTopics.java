package io.culvert.mqtt.topic;

import io.culvert.engine.Bytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a tree has found for Topic Names that came more than once since it was changed last: most
 * publishers use the same few again and again. One place for each hash; a topic that comes to the
 * place of another one takes it when it comes twice on end. So topics that come once make no
 * garbage. Only what is short and went to few is remembered, which bounds its memory.
 *
 * @param <S> a subscription
 */
final class RecentTopics<S> {
  /** Longer topics are rare. */
  private static final int LONGEST_BYTES = 128;

  /** With more of them the way through the tree is the smallest part of the work. */
  private static final int MOST_MATCHES = 8;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final long multiplier;
  private final int placeBits;
  private final int[] lastHashes;
  private final @Nullable Found<S>[] found;
  private boolean isEmpty = true;

  /** The place of what was asked for last, and its hash. */
  private int place;

  private int hash;

  /**
   * @param places how many topics it remembers at most: a power of two
   * @param seed random, so that nobody can choose topics that push out those of others for good
   */
  RecentTopics(int places, long seed) {
    if (Integer.bitCount(places) != 1) {
      throw new IllegalArgumentException("not a power of two: " + places);
    }
    this.multiplier = seed * 0x9e37_79b9_7f4a_7c15L | 1;
    this.placeBits = Integer.numberOfTrailingZeros(places);
    this.lastHashes = new int[places];
    this.found = newTable(places);
  }

  /** Adds what was found for this topic; false where it is not remembered. */
  boolean addTo(FanOut<S> into, Bytes topic) {
    int length = topic.length();
    if (length > LONGEST_BYTES) {
      return false;
    }
    byte[] array = topic.array();
    int from = topic.start();
    long all = hash(array, from, from + length);
    hash = (int) (all >>> 32);
    place = (int) (all >>> 1 >>> (63 - placeBits)); // its highest bits, which every byte changes
    Found<S> known = found[place];
    if (known == null || known.hash != hash || !known.isFor(array, from, from + length)) {
      return false;
    }
    lastHashes[place] = hash;
    into.addAll(known.subscriptions, known.subscriptions.length);
    for (int i = 0; i < known.groups.size(); i++) {
      into.addGroup(known.groups.get(i));
    }
    return true;
  }

  /**
   * Remembers what was found for the topic of the last {@link #addTo}, if that comes again.
   *
   * @param first how many {@code from} had before
   * @param firstGroup how many groups it had
   */
  void remember(Bytes topic, FanOut<S> from, int first, int firstGroup) {
    int matches = from.size() - first + from.groupCount() - firstGroup;
    if (topic.length() > LONGEST_BYTES || matches > MOST_MATCHES) {
      return;
    }
    if (lastHashes[place] != hash) {
      lastHashes[place] = hash;
      return;
    }
    found[place] =
        new Found<>(hash, topic.copy(), from.subscriptions(first), from.groups(firstGroup));
    isEmpty = false;
  }

  /** The tree has changed. */
  void forget() {
    if (!isEmpty) {
      Arrays.fill(found, null);
      isEmpty = true;
    }
  }

  private long hash(byte[] array, int from, int to) {
    int length = to - from;
    long hash = multiplier ^ length;
    if (length < Long.BYTES) {
      for (int i = from; i < to; i++) {
        hash = mix(hash ^ array[i]);
      }
    } else {
      for (int i = from; i < to - Long.BYTES; i += Long.BYTES) {
        hash = mix(hash ^ (long) LONG.get(array, i));
      }
      hash = mix(hash ^ (long) LONG.get(array, to - Long.BYTES)); // may overlap the one before
    }
    return (hash ^ hash >>> 32) * multiplier;
  }

  private long mix(long value) {
    return Long.rotateLeft(value * multiplier, 29);
  }

  @SuppressWarnings("unchecked")
  private static <S> @Nullable Found<S>[] newTable(int places) {
    return (Found<S>[]) new Found<?>[places];
  }

  private static final class Found<S> {
    private final int hash;
    private final byte[] topic;
    private final @Nullable Object[] subscriptions;
    private final List<SharedGroup<S>> groups;

    private Found(
        int hash, Bytes topic, @Nullable Object[] subscriptions, List<SharedGroup<S>> groups) {
      this.hash = hash;
      this.topic = topic.array();
      this.subscriptions = subscriptions;
      this.groups = groups;
    }

    private boolean isFor(byte[] array, int from, int to) {
      return Arrays.equals(topic, 0, topic.length, array, from, to);
    }
  }
}
