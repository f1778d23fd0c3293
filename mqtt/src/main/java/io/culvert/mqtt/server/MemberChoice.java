package io.culvert.mqtt.server;

import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.topic.Readiness;
import io.culvert.mqtt.topic.SharedGroup;
import io.culvert.mqtt.topic.SharedMember;
import io.culvert.mqtt.wire.QoS;
import org.jspecify.annotations.Nullable;

/**
 * Chooses one member of a shared subscription. A member that is found in a line that it should not
 * stand in goes to its own; {@link Shares} brings it back when it has room again. So a member is
 * looked at in vain at most once for each time that it had room, and a choice takes a few steps,
 * however many members there are and whatever they do. Allocates nothing.
 */
final class MemberChoice {
  /** Beyond so many candidates the least busy one is hardly any less busy. */
  private static final int MOST_COMPARED = 64;

  /** Other members for the same key, before it is simply the next one's turn. */
  private static final int MOST_REHASHED = 8;

  /** QoS 0 does not wait, so when nobody is ready, so many are asked whether they can send it. */
  private static final int MOST_ASKED = 16;

  private static final long GOLDEN_RATIO = 0x9E37_79B9_7F4A_7C15L;

  private final SharedStrategy strategy;

  MemberChoice(SharedStrategy strategy) {
    this.strategy = strategy;
  }

  /** What the strategy needs to know of where a message comes from; 0 where that is nothing. */
  int key(@Nullable Session source) {
    return strategy == SharedStrategy.HASH_CLIENT && source != null
        ? source.clientId().hashCode()
        : 0;
  }

  /** A member that sends the message at once, or null when there is none. */
  @Nullable SharedMember<Subscription> ready(
      SharedGroup<Subscription> group, Message message, int key) {
    if (group.first(Readiness.READY) == null) {
      return null;
    }
    return switch (strategy) {
      case ROUND_ROBIN -> next(group, Readiness.READY, message);
      case LEAST_IN_FLIGHT -> leastInFlight(group, message);
      case STICKY -> sticky(group, Readiness.READY, message);
      case HASH_CLIENT -> hashed(group, message, key);
      case HASH_TOPIC -> hashed(group, message, message.topic().hashCode());
    };
  }

  /** A member that could send some message at once, whose turn it stays; or null. */
  @Nullable SharedMember<Subscription> anyReady(SharedGroup<Subscription> group) {
    for (SharedMember<Subscription> first = group.first(Readiness.READY);
        first != null;
        first = group.first(Readiness.READY)) {
      if (readiness(first, 0) == Readiness.READY) {
        return first;
      }
    }
    return null;
  }

  /**
   * The member at which the message waits because none is ready: with a connection if possible, and
   * with room. Where it cannot wait, it will be dropped there.
   */
  @Nullable SharedMember<Subscription> waiting(
      SharedGroup<Subscription> group, Message message, int key) {
    if (message.qos() == QoS.AT_MOST_ONCE) {
      return ableToSend(group);
    }
    SharedMember<Subscription> chosen = waitingWithRoom(group, message, key, true);
    if (chosen == null) {
      chosen = group.first(Readiness.FULL);
      if (chosen != null) {
        chosen.moveTo(Readiness.FULL);
      }
    }
    return chosen;
  }

  /**
   * As above, but null where it would be dropped.
   *
   * @param alsoAway whether it may wait at one without connection
   */
  @Nullable SharedMember<Subscription> waitingWithRoom(
      SharedGroup<Subscription> group, Message message, int key, boolean alsoAway) {
    SharedMember<Subscription> chosen = waiting(group, Readiness.BUSY, message, key);
    return chosen == null && alsoAway ? waiting(group, Readiness.AWAY, message, key) : chosen;
  }

  private @Nullable SharedMember<Subscription> waiting(
      SharedGroup<Subscription> group, Readiness line, Message message, int key) {
    return switch (strategy) {
      case ROUND_ROBIN, LEAST_IN_FLIGHT -> next(group, line, message);
      case STICKY -> sticky(group, line, message);
      case HASH_CLIENT -> home(group, line, message, key);
      case HASH_TOPIC -> home(group, line, message, message.topic().hashCode());
    };
  }

  private @Nullable SharedMember<Subscription> next(
      SharedGroup<Subscription> group, Readiness line, Message message) {
    for (SharedMember<Subscription> first = group.first(line);
        first != null;
        first = group.first(line)) {
      if (readiness(first, message) == line) {
        first.moveTo(line);
        return first;
      }
    }
    return null;
  }

  private @Nullable SharedMember<Subscription> leastInFlight(
      SharedGroup<Subscription> group, Message message) {
    SharedMember<Subscription> least = next(group, Readiness.READY, message); // now the last
    SharedMember<Subscription> candidate = group.first(Readiness.READY);
    for (int i = 1; i < MOST_COMPARED && least != null && candidate != least; i++) {
      if (candidate == null || inFlight(least) == 0) {
        break;
      }
      SharedMember<Subscription> behind = candidate.next();
      if (readiness(candidate, message) == Readiness.READY
          && inFlight(candidate) < inFlight(least)) {
        least = candidate;
      }
      candidate = behind;
    }
    if (least != null) {
      least.moveTo(Readiness.READY);
    }
    return least;
  }

  private @Nullable SharedMember<Subscription> sticky(
      SharedGroup<Subscription> group, Readiness line, Message message) {
    SharedMember<Subscription> favourite = group.favourite();
    if (favourite != null && readiness(favourite, message) == line) {
      return favourite;
    }
    SharedMember<Subscription> next = next(group, line, message);
    if (next != null) {
      group.favour(next);
    }
    return next;
  }

  private @Nullable SharedMember<Subscription> hashed(
      SharedGroup<Subscription> group, Message message, int key) {
    for (int i = 0; i < MOST_REHASHED; i++) {
      SharedMember<Subscription> member = group.get(place(key, i, group.size()));
      if (readiness(member, message) == Readiness.READY) {
        return member;
      }
    }
    return next(group, Readiness.READY, message);
  }

  private @Nullable SharedMember<Subscription> home(
      SharedGroup<Subscription> group, Readiness line, Message message, int key) {
    SharedMember<Subscription> home = group.get(place(key, 0, group.size()));
    return readiness(home, message) == line ? home : next(group, line, message);
  }

  /** For QoS 0. */
  private static @Nullable SharedMember<Subscription> ableToSend(SharedGroup<Subscription> group) {
    SharedMember<Subscription> able = ableToSend(group, Readiness.BUSY);
    if (able == null) {
      able = ableToSend(group, Readiness.FULL);
    }
    if (able == null) {
      able = group.first(Readiness.BUSY);
    }
    if (able == null) {
      able = group.first(Readiness.FULL);
    }
    return able == null ? group.first(Readiness.AWAY) : able;
  }

  private static @Nullable SharedMember<Subscription> ableToSend(
      SharedGroup<Subscription> group, Readiness line) {
    SharedMember<Subscription> first = group.first(line);
    for (int i = 0; first != null && i < MOST_ASKED; i++) {
      first.moveTo(line);
      if (first.subscription().session().outgoing().canSend()) {
        return first;
      }
      first = group.first(line);
    }
    return null;
  }

  /** Finds out in which line a member should stand now, and puts it there. */
  static Readiness readiness(SharedMember<Subscription> member, Message message) {
    return readiness(member, message.heldBytes());
  }

  private static Readiness readiness(SharedMember<Subscription> member, int bytes) {
    Readiness now = readiness(member.subscription(), bytes);
    if (now != member.readiness()) {
      member.moveTo(now);
      if (now != Readiness.READY && member.watch()) {
        member.subscription().session().outgoing().shares().watch(member);
      }
    }
    return now;
  }

  /**
   * @param bytes of the message that it should take, 0 to ask for none
   */
  static Readiness readiness(Subscription subscription, int bytes) {
    Session session = subscription.session();
    if (subscription.options().qos() == QoS.AT_MOST_ONCE) { // nothing waits for it
      return session.outgoing().canSend() ? Readiness.READY : Readiness.FULL;
    }
    if (session.outgoing().isIdle()) {
      return Readiness.READY;
    }
    if (!session.outgoing().waiting().canTake(bytes)) {
      return Readiness.FULL;
    }
    return session.isConnected() ? Readiness.BUSY : Readiness.AWAY;
  }

  private static int inFlight(SharedMember<Subscription> member) {
    return member.subscription().session().inFlight();
  }

  /**
   * A place for a key among so many members, evenly; when a member is added or taken away at the
   * end, as few keys as possible change their place ("jump consistent hash", Lamping and Veach).
   */
  static int place(int key, int rehash, int members) {
    long state = mix(key + rehash * GOLDEN_RATIO);
    long place = 0;
    for (long next = 0; next < members; ) {
      place = next;
      state = state * 2_862_933_555_777_941_757L + 1;
      next = (long) ((place + 1) * (0x1p31 / ((state >>> 33) + 1)));
    }
    return (int) place;
  }

  private static long mix(long bits) {
    long mixed = (bits ^ bits >>> 33) * 0xFF51_AFD7_ED55_8CCDL;
    mixed = (mixed ^ mixed >>> 33) * 0xC4CE_B9FE_1A85_EC53L;
    return mixed ^ mixed >>> 33;
  }
}
