package io.culvert.mqtt.server;

import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;

/**
 * What the client of one session may do, worked out beforehand so that messages need not wait for
 * an answer. Asked on the session's thread only.
 */
public interface Permissions {
  /** Everything is allowed. */
  Permissions EVERYTHING =
      new Permissions() {
        @Override
        public boolean mayPublish(TopicName topic) {
          return true;
        }

        @Override
        public boolean maySubscribe(TopicFilter filter) {
          return true;
        }

        @Override
        public boolean mayReceive(TopicName topic) {
          return true;
        }
      };

  /** Whether messages to this topic are taken from it, its Will among them; it is borrowed. */
  boolean mayPublish(TopicName topic);

  /**
   * Whether it may have this subscription. Of a plain one, messages that it may not receive are
   * left out one by one; a shared one must be allowed as a whole, because another member would miss
   * them.
   */
  boolean maySubscribe(TopicFilter filter);

  /**
   * Whether it gets messages of this topic: live, retained, and those that have waited. The topic
   * never changes.
   */
  boolean mayReceive(TopicName topic);
}
