package io.culvert.mqtt.topic;

import io.culvert.mqtt.wire.TopicFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The members of one shared subscription: same Share Name, same filter. Who gets a message is the
 * caller's choice. For that the members stand in four lines by their {@link Readiness}, each in the
 * order of its turns, so that a member that can take nothing is passed over once and not once for
 * every message. Each step takes the same time however many members there are.
 */
public final class SharedGroup<S> {
  /** Up to here a search through the members is quicker than an index, and takes no memory. */
  private static final int INDEX_FROM = 16;

  private final TopicFilter filter;
  private final List<SharedMember<S>> members = new ArrayList<>(2);
  private @Nullable Map<Object, SharedMember<S>> index;
  private @Nullable SharedMember<S> ready;
  private @Nullable SharedMember<S> busy;
  private @Nullable SharedMember<S> away;
  private @Nullable SharedMember<S> full;
  private @Nullable SharedMember<S> favourite;
  private int turn;

  SharedGroup(TopicFilter filter) {
    this.filter = filter;
  }

  /** The whole filter, with the Share Name. */
  public TopicFilter filter() {
    return filter;
  }

  public int size() {
    return members.size();
  }

  /** A member by its place, which changes only when members leave. */
  public SharedMember<S> get(int place) {
    return members.get(place);
  }

  /** The subscriptions of the members. */
  public List<S> subscriptions() {
    return members.stream().map(SharedMember::subscription).toList();
  }

  /** The first in a line, or null when nobody stands there. */
  public @Nullable SharedMember<S> first(Readiness line) {
    return switch (line) {
      case READY -> ready;
      case BUSY -> busy;
      case AWAY -> away;
      case FULL -> full;
    };
  }

  /** Whom {@link #favour} has named, unless he has left. */
  public @Nullable SharedMember<S> favourite() {
    return favourite;
  }

  /** For the caller to remember one. */
  public void favour(SharedMember<S> member) {
    favourite = member.left ? null : member;
  }

  /** A number for the caller to remember. */
  public int turn() {
    return turn;
  }

  /** Sets it. */
  public void turn(int number) {
    turn = number;
  }

  @Nullable S put(S subscription, Function<? super S, ?> owner) {
    Object key = owner.apply(subscription);
    SharedMember<S> known = find(key, owner);
    if (known != null) { // the same client counts once, and may be ready as it is now
      known.moveTo(Readiness.READY);
      return known.replace(subscription);
    }
    SharedMember<S> member = new SharedMember<>(this, subscription);
    member.index = members.size();
    members.add(member);
    link(member);
    if (index != null) {
      index.put(key, member);
    } else if (members.size() > INDEX_FROM) {
      Map<Object, SharedMember<S>> built = new HashMap<>();
      members.forEach(each -> built.put(owner.apply(each.subscription()), each));
      index = built;
    }
    return null;
  }

  @Nullable S remove(S subscription, Function<? super S, ?> owner) {
    Object key = owner.apply(subscription);
    SharedMember<S> member = find(key, owner);
    if (member == null) {
      return null;
    }
    unlink(member);
    member.left = true;
    if (favourite == member) {
      favourite = null;
    }
    SharedMember<S> last = members.remove(members.size() - 1);
    if (last != member) { // the last takes his place, so that few places change
      last.index = member.index;
      members.set(member.index, last);
    }
    if (index != null) {
      index.remove(key);
      if (members.size() <= INDEX_FROM / 2) {
        index = null;
      }
    }
    return member.subscription();
  }

  void link(SharedMember<S> member) {
    SharedMember<S> first = first(member.readiness);
    SharedMember<S> last = first == null ? null : first.previous;
    if (first == null || last == null) {
      member.next = member;
      member.previous = member;
      first(member.readiness, member);
    } else {
      member.next = first;
      member.previous = last;
      last.next = member;
      first.previous = member;
    }
  }

  void unlink(SharedMember<S> member) {
    SharedMember<S> behind = member.next;
    SharedMember<S> before = member.previous;
    if (behind == null || before == null || behind == member) {
      first(member.readiness, null);
    } else {
      before.next = behind;
      behind.previous = before;
      if (first(member.readiness) == member) {
        first(member.readiness, behind);
      }
    }
    member.next = null;
    member.previous = null;
  }

  private void first(Readiness line, @Nullable SharedMember<S> member) {
    switch (line) {
      case READY -> ready = member;
      case BUSY -> busy = member;
      case AWAY -> away = member;
      case FULL -> full = member;
    }
  }

  private @Nullable SharedMember<S> find(Object key, Function<? super S, ?> owner) {
    if (index != null) {
      return index.get(key);
    }
    for (SharedMember<S> member : members) {
      if (key.equals(owner.apply(member.subscription()))) {
        return member;
      }
    }
    return null;
  }
}
