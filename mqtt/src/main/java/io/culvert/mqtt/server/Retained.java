package io.culvert.mqtt.server;

import io.culvert.engine.Deadlines;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.topic.RetainedTree;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The retained messages of one broker, bounded in number and bytes. One that has expired gives its
 * room back [MQTT5-3.3.2-5]. What the server says of itself below {@code $SYS} counts nowhere here:
 * it takes no room from the clients.
 */
final class Retained {
  /** Expired messages that one call of {@link #timeout} removes: less than a millisecond's work. */
  private static final int TIMEOUT_STEPS = 1000;

  /**
   * What the place in the tree costs beside the message, roughly: a node, its level's name and its
   * slot in a table. A million messages of 64 bytes with topics of 26 took 303 bytes each, and 314
   * are counted.
   */
  private static final int PLACE_BYTES = 64;

  private final RetainedTree<Message> messages;
  private final Deadlines<Message> expiries = new Deadlines<>();

  /** Of those messages that expire; apart, so that the others cost nothing. */
  private final IdentityHashMap<Message, Deadlines.Entry<Message>> expiryOf =
      new IdentityHashMap<>();

  private final Limits limits;
  private final ByteBudget budget;
  private final ShardPlace place;
  private final Ledger ledger;
  private long bytes;
  private int sysTopics;

  Retained(Limits limits, ByteBudget budget, ShardPlace place, Ledger ledger, long seed) {
    this.limits = limits;
    this.budget = budget;
    this.place = place;
    this.ledger = ledger;
    this.messages = new RetainedTree<>(seed);
  }

  int size() {
    return messages.size() - sysTopics;
  }

  long bytes() {
    return bytes;
  }

  RetainedTree.Cursor<Message> match(TopicFilter filter) {
    return messages.match(filter);
  }

  /** Whether a message with this content could be stored now. */
  boolean hasRoomFor(TopicName topic, int payloadBytes) {
    if (payloadBytes == 0) {
      return true;
    }
    if (!ledger.isReady()) {
      return false;
    }
    Message known = messages.get(topic);
    long freed = known == null ? 0 : heldBytes(known);
    if (budget.isHigh() && freed < payloadBytes + topic.length()) {
      return false;
    }
    return (known != null || place.retainedMessages().held() < limits.retainedMessages())
        && place.retainedBytes().held() - freed + payloadBytes + topic.length()
            <= limits.retainedBytes();
  }

  /** As above for a topic of which nothing is known but that it may be new. */
  boolean hasRoomForNew(TopicName topic, int payloadBytes) {
    return payloadBytes == 0
        || (!budget.isHigh()
            && place.retainedMessages().held() < limits.retainedMessages()
            && place.retainedBytes().held() + payloadBytes + topic.length()
                <= limits.retainedBytes());
  }

  /** Stores a message, or removes the stored one when the payload is empty [MQTT5-3.3.1-6]. */
  void store(Message message) {
    if (message.payload().isEmpty()) {
      remove(message.topic()); // [MQTT5-3.3.1-7]
      return;
    }
    if (ledger.isDurable() && !Router.isSys(message.topic())) {
      FrameWriter record = FrameWriter.record(FrameWriter.bytesOf(message), ledger.toWall(0));
      ledger.put(RecordKeys.retained(message.topic()), record.message(message).done());
    }
    keep(message);
  }

  /** As {@link #store}, for one that was stored by an earlier process. */
  void keep(Message message) {
    forget(messages.put(message.topic(), message)); // [MQTT5-3.3.1-5]
    fileExpiry(message);
    count(message, 1);
  }

  /** When to call {@link #timeout}; may be early, never late. */
  long deadlineMillis() {
    return expiries.earliest();
  }

  /** Removes messages that have expired; where there are very many, the rest the next time. */
  void timeout(long nowMillis) {
    for (int steps = 0; steps < TIMEOUT_STEPS; steps++) {
      Message expired = expiries.pollExpired(nowMillis);
      if (expired == null) {
        return;
      }
      remove(expired.topic());
    }
  }

  private void fileExpiry(Message message) {
    if (message.expiresAtMillis() != Message.NEVER) {
      Deadlines.Entry<Message> entry = expiries.entry(message);
      expiries.set(entry, message.expiresAtMillis());
      expiryOf.put(message, entry);
    }
  }

  private static int heldBytes(Message message) {
    return message.heldBytes() + PLACE_BYTES;
  }

  /** One more, or one less. */
  private void count(Message message, int more) {
    if (Router.isSys(message.topic())) {
      sysTopics += more;
      return;
    }
    long moreBytes = (long) more * heldBytes(message);
    bytes += moreBytes;
    place.retainedMessages().add(more);
    place.retainedBytes().add(moreBytes);
    budget.held().add((long) more * (message.heapBytes() + PLACE_BYTES));
  }

  private void remove(TopicName topic) {
    Message old = messages.remove(topic);
    if (old != null && !Router.isSys(topic)) {
      ledger.delete(RecordKeys.retained(topic));
    }
    forget(old);
  }

  private void forget(@Nullable Message old) {
    if (old == null) {
      return;
    }
    count(old, -1);
    if (old.expiresAtMillis() != Message.NEVER) {
      Deadlines.Entry<Message> entry = expiryOf.remove(old);
      if (entry != null) {
        expiries.remove(entry);
      }
    }
  }
}
