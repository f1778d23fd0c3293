package io.culvert.mqtt.topic;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What matched a Topic Name: plain subscriptions, once per matching filter, and shared groups. One
 * is reused for all messages; {@link #clear} lets go of everything that it held.
 */
public final class FanOut<S> {
  private @Nullable Object[] subscriptions = new Object[16];
  private int size;
  private @Nullable Object[] groups = new Object[4];
  private int groupCount;

  public void clear() {
    Arrays.fill(subscriptions, 0, size, null);
    Arrays.fill(groups, 0, groupCount, null);
    size = 0;
    groupCount = 0;
  }

  /** The number of plain subscriptions. */
  public int size() {
    return size;
  }

  @SuppressWarnings("unchecked")
  public S get(int index) {
    return (S) checked(subscriptions, index, size);
  }

  /** The number of shared groups. */
  public int groupCount() {
    return groupCount;
  }

  @SuppressWarnings("unchecked")
  public SharedGroup<S> group(int index) {
    return (SharedGroup<S>) checked(groups, index, groupCount);
  }

  /** Adds one subscription, for callers that match by other means. */
  public void add(S subscription) {
    if (size == subscriptions.length) {
      subscriptions = Arrays.copyOf(subscriptions, size * 2);
    }
    subscriptions[size++] = subscription;
  }

  /** A copy of the plain subscriptions from this one on. */
  @Nullable Object[] subscriptions(int first) {
    return Arrays.copyOfRange(subscriptions, first, size);
  }

  /** The groups from this one on. */
  List<SharedGroup<S>> groups(int first) {
    return IntStream.range(first, groupCount).mapToObj(this::group).toList();
  }

  void addAll(@Nullable Object[] source, int count) {
    if (count > subscriptions.length - size) {
      subscriptions = Arrays.copyOf(subscriptions, Math.max(size * 2, size + count));
    }
    System.arraycopy(source, 0, subscriptions, size, count);
    size += count;
  }

  void addGroup(SharedGroup<S> group) {
    if (groupCount == groups.length) {
      groups = Arrays.copyOf(groups, groupCount * 2);
    }
    groups[groupCount++] = group;
  }

  private static Object checked(@Nullable Object[] array, int index, int count) {
    Object element = index < count ? array[index] : null;
    if (element == null) {
      throw new IndexOutOfBoundsException(index + " of " + count);
    }
    return element;
  }
}
