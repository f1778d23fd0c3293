package io.culvert.mqtt.topic;

import io.culvert.mqtt.wire.TopicFilter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions of one filter: plain ones in an array without gaps, shared ones by their Share
 * Name. At most one plain subscription per owner.
 */
final class Subscribers<S> {
  /** Up to here a search through the array is quicker than an index, and takes no memory. */
  private static final int INDEX_FROM = 16;

  private static final Object[] NONE = {};
  private static final SharedGroup<?>[] NO_GROUPS = {};

  private @Nullable Object[] plain = NONE;
  private int count;
  private @Nullable Map<Object, Integer> index;
  private @Nullable SharedGroup<S>[] groups = noGroups();
  private int groupCount;

  boolean isEmpty() {
    return count == 0 && groupCount == 0;
  }

  void addTo(FanOut<S> into) {
    into.addAll(plain, count);
    for (int i = 0; i < groupCount; i++) {
      SharedGroup<S> group = groups[i];
      if (group != null) {
        into.addGroup(group);
      }
    }
  }

  @Nullable S put(S subscription, Function<? super S, ?> owner) {
    Object key = owner.apply(subscription);
    int at = find(key, owner);
    if (at >= 0) {
      S replaced = get(at);
      plain[at] = subscription;
      return replaced;
    }
    if (count == plain.length) {
      plain = Arrays.copyOf(plain, Math.max(1, count + (count >> 1) + 1));
    }
    plain[count] = subscription;
    if (index != null) {
      index.put(key, count);
    }
    count++;
    if (index == null && count > INDEX_FROM) {
      index = buildIndex(owner);
    }
    return null;
  }

  @Nullable S remove(S subscription, Function<? super S, ?> owner) {
    Object key = owner.apply(subscription);
    int at = find(key, owner);
    if (at < 0) {
      return null;
    }
    S removed = get(at);
    S last = get(--count);
    plain[at] = last;
    plain[count] = null;
    if (index != null) {
      index.put(owner.apply(last), at);
      index.remove(key);
      if (count <= INDEX_FROM / 2) {
        index = null;
      }
    }
    if (count * 4 < plain.length) {
      plain = Arrays.copyOf(plain, count * 2);
    }
    return removed;
  }

  /** The group of this filter; those here have all the same but for the Share Name. */
  @Nullable SharedGroup<S> group(TopicFilter filter) {
    for (int i = 0; i < groupCount; i++) {
      SharedGroup<S> group = groups[i];
      if (group != null && group.filter().equals(filter)) {
        return group;
      }
    }
    return null;
  }

  SharedGroup<S> groupOrNew(TopicFilter filter) {
    SharedGroup<S> group = group(filter);
    if (group == null) {
      group = new SharedGroup<>(filter);
      groups = Arrays.copyOf(groups, groupCount + 1);
      groups[groupCount++] = group;
    }
    return group;
  }

  void removeGroup(SharedGroup<S> group) {
    int at = 0;
    while (groups[at] != group) {
      at++;
    }
    groups[at] = groups[--groupCount];
    groups = Arrays.copyOf(groups, groupCount);
  }

  private int find(Object key, Function<? super S, ?> owner) {
    if (index != null) {
      return index.getOrDefault(key, -1);
    }
    for (int i = 0; i < count; i++) {
      if (key.equals(owner.apply(get(i)))) {
        return i;
      }
    }
    return -1;
  }

  private Map<Object, Integer> buildIndex(Function<? super S, ?> owner) {
    Map<Object, Integer> built = new HashMap<>();
    for (int i = 0; i < count; i++) {
      built.put(owner.apply(get(i)), i);
    }
    return built;
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // below count there is always a subscription
  private S get(int at) {
    return (S) plain[at];
  }

  @SuppressWarnings("unchecked")
  private static <S> @Nullable SharedGroup<S>[] noGroups() {
    return (SharedGroup<S>[]) NO_GROUPS;
  }
}
