package io.culvert.mqtt.topic;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The members of one shared subscription: same Share Name, same filter. Who gets a message is the
 * caller's choice; {@link #cursor} is his to remember where he was.
 */
public final class SharedGroup<S> {
  private final String name;
  private final List<S> members = new ArrayList<>(2);
  private final List<S> view = Collections.unmodifiableList(members);
  private int cursor;

  SharedGroup(String name) {
    this.name = name;
  }

  /** The Share Name. */
  public String name() {
    return name;
  }

  /** A view of the members in the order in which they joined. */
  public List<S> members() {
    return view;
  }

  public int size() {
    return members.size();
  }

  public S get(int index) {
    return members.get(index);
  }

  /** What {@link #cursor(int)} has set; may be beyond the members when some have left. */
  public int cursor() {
    return cursor;
  }

  public void cursor(int cursor) {
    this.cursor = cursor;
  }

  @Nullable S put(S subscription, Function<? super S, ?> owner) {
    int at = find(subscription, owner);
    if (at >= 0) {
      return members.set(at, subscription);
    }
    members.add(subscription);
    return null;
  }

  @Nullable S remove(S subscription, Function<? super S, ?> owner) {
    int at = find(subscription, owner);
    if (at < 0) {
      return null;
    }
    if (at < cursor) {
      cursor--;
    }
    return members.remove(at);
  }

  private int find(S subscription, Function<? super S, ?> owner) {
    Object key = owner.apply(subscription);
    for (int i = 0; i < members.size(); i++) {
      if (key.equals(owner.apply(members.get(i)))) {
        return i;
      }
    }
    return -1;
  }
}
