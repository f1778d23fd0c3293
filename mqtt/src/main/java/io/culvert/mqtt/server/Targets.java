package io.culvert.mqtt.server;

import io.culvert.mqtt.session.Delivery;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.wire.QoS;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The sessions that one message goes to, each once: overlapping subscriptions of a session are
 * merged to the highest QoS with all their identifiers [MQTT5-3.3.4-2], [MQTT5-3.3.4-4]. Reused for
 * each publish; allocates nothing per target unless there are subscription identifiers.
 */
final class Targets {
  private static final int[] NONE = {};

  private @Nullable Session[] sessions = new Session[16];
  private byte[] qos = new byte[16];
  private boolean[] retain = new boolean[16];
  private int[][] identifiers = new int[16][];
  private int size;
  private long pass;
  private int notPermitted;

  // One delivery for each shape without identifiers: QoS × RETAIN.
  private final @Nullable Delivery[] shapes = new Delivery[6];

  void clear() {
    Arrays.fill(sessions, 0, size, null);
    Arrays.fill(identifiers, 0, size, NONE);
    Arrays.fill(shapes, null);
    size = 0;
    notPermitted = 0;
    pass++;
  }

  int size() {
    return size;
  }

  /** Sessions that matched and may not receive it. */
  int notPermitted() {
    return notPermitted;
  }

  /**
   * @param origin the shard that it was published in, as a bit
   */
  void add(Subscription subscription, Message message, long origin) {
    Session session = subscription.session();
    if ((session.deafTo & origin) != 0) {
      return; // it gets this one in another shard
    }
    int granted = // [MQTT5-3.8.4-8], [MQTT3-3.8.4-6]
        Math.min(message.qos().value(), subscription.options().qos().value());
    boolean retained = // [MQTT5-3.3.1-12], [MQTT5-3.3.1-13]
        message.retain() && subscription.options().retainAsPublished();
    if (session.pass == pass) {
      if (session.target >= 0) {
        merge(session.target, granted, retained, subscription.identifier());
      }
      return;
    }
    if (!session.mayReceive(message.topic())) {
      session.pass = pass;
      session.target = -1;
      notPermitted++;
      return;
    }
    if (size == sessions.length) {
      grow();
    }
    session.pass = pass;
    session.target = size;
    sessions[size] = session;
    qos[size] = (byte) granted;
    retain[size] = retained;
    identifiers[size] =
        subscription.identifier() == 0 ? NONE : new int[] {subscription.identifier()};
    size++;
  }

  /**
   * Delivers to all of them.
   *
   * @param isBorrowed its bytes are gone afterwards: who takes it gets a copy; all have QoS 0
   * @param publisher held up where a target is slow, or null
   */
  void deliver(Message message, boolean isBorrowed, @Nullable Publisher publisher, long nowMillis) {
    Message owned = isBorrowed ? null : message;
    for (int i = 0; i < size; i++) {
      Session session = sessions[i];
      if (session == null) {
        continue;
      }
      Outgoing outgoing = session.outgoing();
      try {
        boolean isAtMostOnce = qos[i] == 0;
        if (!isAtMostOnce || !outgoing.drops(nowMillis)) {
          owned = owned == null ? message.copy() : owned;
          Delivery delivery = delivery(i, owned);
          if (isAtMostOnce) {
            outgoing.sendAtMostOnce(delivery, nowMillis);
          } else {
            outgoing.deliver(delivery, nowMillis);
          }
        }
      } catch (RuntimeException failure) {
        session.fail(failure);
      }
      if (publisher != null && outgoing.waiting().isCrowded()) {
        outgoing.waiting().holdUp(publisher, nowMillis);
      }
    }
  }

  private Delivery delivery(int i, Message message) {
    if (identifiers[i].length > 0) {
      return Delivery.of(message, QoS.of(qos[i]), retain[i], identifiers[i]);
    }
    int shape = qos[i] * 2 + (retain[i] ? 1 : 0);
    Delivery known = shapes[shape];
    if (known == null) {
      known = Delivery.of(message, QoS.of(qos[i]), retain[i]);
      shapes[shape] = known;
    }
    return known;
  }

  private void merge(int i, int granted, boolean retained, int identifier) {
    qos[i] = (byte) Math.max(qos[i], granted);
    retain[i] |= retained;
    if (identifier != 0) {
      int[] more = Arrays.copyOf(identifiers[i], identifiers[i].length + 1);
      more[more.length - 1] = identifier;
      identifiers[i] = more;
    }
  }

  private void grow() {
    int length = size * 2;
    sessions = Arrays.copyOf(sessions, length);
    qos = Arrays.copyOf(qos, length);
    retain = Arrays.copyOf(retain, length);
    identifiers = Arrays.copyOf(identifiers, length);
  }
}
