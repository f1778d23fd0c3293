package io.culvert.mqtt.server;

import io.culvert.mqtt.session.Delivery;
import io.culvert.mqtt.session.OutboundWindow;
import io.culvert.mqtt.topic.Readiness;
import io.culvert.mqtt.topic.SharedMember;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.TopicFilter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One session's part in shared subscriptions: the memberships in which it was passed over because
 * it had no room, which get back to their turns when it has; and, while it has no connection, the
 * messages that other members may get instead.
 */
final class Shares {
  private final Session session;
  private final Outgoing outgoing;
  private final SharedRouting routing;
  private final List<SharedMember<Subscription>> watched = new ArrayList<>(2);
  private final Map<TopicFilter, Leftovers> leftovers = new LinkedHashMap<>(2);
  private boolean isApart;
  private int capacity;

  Shares(Session session, SharedRouting routing) {
    this.session = session;
    this.outgoing = session.outgoing();
    this.routing = routing;
  }

  // ---- turns

  /** This member stands in a line where it waits for room. */
  void watch(SharedMember<Subscription> member) {
    watched.add(member);
    capacity = outgoing.capacity();
  }

  /** The session may have room again. */
  void settle(long nowMillis) {
    int now = outgoing.capacity();
    if (now == capacity || watched.isEmpty()) {
      return;
    }
    capacity = now;
    List<TopicFilter> open = routing.hasLeftovers() ? new ArrayList<>() : List.of();
    int kept = 0;
    for (int i = 0; i < watched.size(); i++) {
      SharedMember<Subscription> member = watched.get(i);
      if (member.hasLeft()) {
        continue;
      }
      Readiness readiness = MemberChoice.readiness(member.subscription(), 0);
      if (readiness != member.readiness()) {
        member.moveTo(readiness);
        if (routing.hasLeftovers()) {
          open.add(member.group().filter());
        }
      }
      if (readiness == Readiness.READY) {
        member.unwatch();
      } else {
        watched.set(kept++, member);
      }
    }
    watched.subList(kept, watched.size()).clear();
    open.forEach(filter -> routing.handOver(filter, nowMillis));
  }

  // ---- leftovers

  /** A message that it does not get now, because it has no connection or no permission. */
  void setApart(Delivery stored, long nowMillis) {
    routing.setApart(session, stored, nowMillis);
  }

  /** The session has ended while a message was stored for it. */
  void redeliver(Delivery stored, long nowMillis) {
    routing.redeliver(session, stored, nowMillis);
  }

  /** Whether a group that the session has left has members. */
  boolean hasOthers(TopicFilter filter) {
    return routing.hasMembers(filter);
  }

  /** While it has a connection: the next that it has left and nobody has taken, or null. */
  @Nullable Delivery takeBack() {
    for (Leftovers left : leftovers.values()) {
      Delivery delivery = left.takeBack();
      if (delivery != null) {
        return delivery;
      }
    }
    return null;
  }

  /** Those of one shared subscription, which there may be none of yet. */
  Leftovers leftovers(TopicFilter filter) {
    return leftovers.computeIfAbsent(filter, key -> new Leftovers(session, key));
  }

  /** All of them. */
  List<Leftovers> leftovers() {
    return List.copyOf(leftovers.values());
  }

  /** There is nothing in them, or they are not the session's any more. */
  void forget(Leftovers left) {
    leftovers.remove(left.filter(), left);
  }

  /** Sets apart everything that another member may get, unless that has been done. */
  void setApart() {
    if (isApart) {
      return;
    }
    isApart = true;
    OutboundWindow window = outgoing.window();
    for (int id = window.oldest(); id != 0; id = window.after(id)) {
      Delivery delivery = window.published(id);
      if (delivery != null && delivery.qos() == QoS.AT_LEAST_ONCE) { // [MQTT5-4.8.2-4]
        TopicFilter filter = delivery.sharedFilter();
        if (filter != null) {
          leftovers(filter).addUnacknowledged(id);
        }
      }
    }
    outgoing.waiting().setApart(null, (filter, delivery) -> leftovers(filter).addQueued(delivery));
  }

  /** Nothing is set apart any more: the session sends by itself what it still has. */
  void rejoin() {
    for (Leftovers left : leftovers.values()) {
      if (left.isOffered()) {
        routing.withdraw(left);
      }
      outgoing.waiting().rejoin(left);
    }
    leftovers.clear();
    isApart = false;
  }
}
