package io.culvert.mqtt.server;

import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.topic.SharedGroup;
import org.jspecify.annotations.Nullable;

/** Chooses the one member of a shared subscription that gets a message. */
final class SharedRouting {
  private final Targets targets = new Targets();

  /** One member gets it: the next that has room, else the next; false when there is none. */
  boolean deliver(
      SharedGroup<Subscription> group,
      Message message,
      @Nullable Publisher publisher,
      long nowMillis) {
    Subscription chosen = null;
    int count = group.size();
    int first = group.cursor();
    int cursor = first;
    for (int i = 0; i < count; i++) {
      int index = (first + i) % count;
      Subscription candidate = group.get(index);
      Session session = candidate.session();
      if (chosen == null || (session.isConnected() && !chosen.session().isConnected())) {
        chosen = candidate;
        cursor = index + 1;
      }
      if (session.isIdle()) {
        chosen = candidate;
        cursor = index + 1;
        break;
      }
    }
    if (chosen == null) {
      return false;
    }
    group.cursor(cursor % count);
    targets.clear();
    targets.add(chosen, message, 0);
    targets.deliver(message, publisher, nowMillis);
    return true;
  }
}
