package io.culvert.mqtt.server;

import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.topic.SharedGroup;
import io.culvert.mqtt.topic.SharedMember;
import org.jspecify.annotations.Nullable;

/** The way of a message to one member of a shared subscription. */
final class SharedRouting {
  private final MemberChoice choice;
  private final Targets targets;

  /**
   * @param targets those of plain subscriptions: a session is marked by one of its kind only
   */
  SharedRouting(SharedStrategy strategy, Targets targets) {
    this.choice = new MemberChoice(strategy);
    this.targets = targets;
  }

  /**
   * Sends a message to a member of a group that has one. Where none can send it at once, it waits
   * at one that has a connection, or else at one that has none.
   *
   * @param source whose message it is
   * @param publisher held up where the member is slow, or null
   * @return whether it was sent at once
   */
  boolean deliver(
      SharedGroup<Subscription> group,
      Message message,
      @Nullable Session source,
      @Nullable Publisher publisher,
      long nowMillis) {
    int key = choice.key(source);
    SharedMember<Subscription> ready = choice.ready(group, message, key);
    SharedMember<Subscription> chosen = ready == null ? choice.waiting(group, message, key) : ready;
    if (chosen == null) { // who stood in a wrong line has only now been found to be ready
      ready = choice.ready(group, message, key);
      chosen = ready;
    }
    if (chosen != null) {
      targets.clear();
      targets.add(chosen.subscription(), message, 0);
      targets.deliver(message, publisher, nowMillis);
    }
    return ready != null;
  }
}
