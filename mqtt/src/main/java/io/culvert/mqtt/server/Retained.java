package io.culvert.mqtt.server;

import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.topic.RetainedTree;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import org.jspecify.annotations.Nullable;

/** The retained messages of one broker, bounded in number and bytes. */
final class Retained {
  private final RetainedTree<Message> messages;
  private final Limits limits;
  private long bytes;

  Retained(Limits limits, long seed) {
    this.limits = limits;
    this.messages = new RetainedTree<>(seed);
  }

  int size() {
    return messages.size();
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
    Message known = messages.get(topic);
    long freed = known == null ? 0 : known.heldBytes();
    return (known != null || messages.size() < limits.retainedMessages())
        && bytes - freed + payloadBytes + topic.length() <= limits.retainedBytes();
  }

  /** Stores a message, or removes the stored one when the payload is empty [MQTT5-3.3.1-6]. */
  void store(Message message) {
    @Nullable Message old =
        message.payload().isEmpty()
            ? messages.remove(message.topic()) // [MQTT5-3.3.1-7]
            : messages.put(message.topic(), message); // [MQTT5-3.3.1-5]
    if (old != null) {
      bytes -= old.heldBytes();
    }
    if (!message.payload().isEmpty()) {
      bytes += message.heldBytes();
    }
  }
}
