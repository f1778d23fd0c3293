package io.culvert.mqtt.server;

import io.culvert.mqtt.topic.Readiness;
import io.culvert.mqtt.topic.SharedMember;
import java.util.ArrayList;
import java.util.List;

/**
 * One session's part in shared subscriptions: the memberships in which it was passed over because
 * it had no room. When it has, they get back to their turns.
 */
final class Shares {
  private final Session session;
  private final List<SharedMember<Subscription>> watched = new ArrayList<>(2);
  private int capacity;

  Shares(Session session) {
    this.session = session;
  }

  /** This member stands in a line where it waits for room. */
  void watch(SharedMember<Subscription> member) {
    watched.add(member);
    capacity = session.capacity();
  }

  /** The session may have room again. */
  void settle() {
    int now = session.capacity();
    if (now == capacity || watched.isEmpty()) {
      return;
    }
    capacity = now;
    int kept = 0;
    for (int i = 0; i < watched.size(); i++) {
      SharedMember<Subscription> member = watched.get(i);
      if (member.hasLeft()) {
        continue;
      }
      Readiness readiness = MemberChoice.readiness(member.subscription(), 0);
      if (readiness != member.readiness()) {
        member.moveTo(readiness);
      }
      if (readiness == Readiness.READY) {
        member.unwatch();
      } else {
        watched.set(kept++, member);
      }
    }
    watched.subList(kept, watched.size()).clear();
  }
}
