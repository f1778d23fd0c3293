package io.culvert.mqtt.server;

import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import org.jspecify.annotations.Nullable;

/**
 * What the client of one session may do, worked out beforehand so that messages need not wait for
 * an answer. Asked on the session's thread only.
 *
 * <p>Each answer is {@link ReasonCode#SUCCESS} to allow it, the reason code of a denial, or null
 * for no opinion. What nobody allows is denied with 0x87; so is what is denied with a code that the
 * packet concerned does not know.
 */
public interface Permissions {
  /** Everything is allowed. */
  Permissions EVERYTHING =
      new Permissions() {
        @Override
        public ReasonCode publish(TopicName topic, QoS qos, boolean retain) {
          return ReasonCode.SUCCESS;
        }

        @Override
        public ReasonCode subscribe(TopicFilter filter, QoS qos) {
          return ReasonCode.SUCCESS;
        }

        @Override
        public ReasonCode receive(TopicName topic) {
          return ReasonCode.SUCCESS;
        }
      };

  /** Whether messages like this are taken from it, its Will among them; the topic is borrowed. */
  @Nullable ReasonCode publish(TopicName topic, QoS qos, boolean retain);

  /**
   * Whether it may have this subscription. Of a plain one, messages that it may not receive are
   * left out one by one; a shared one must be allowed as a whole, because another member would miss
   * them.
   *
   * @param qos that it asks for
   */
  @Nullable ReasonCode subscribe(TopicFilter filter, QoS qos);

  /**
   * Whether it gets messages of this topic: live, retained, and those that have waited. The topic
   * never changes.
   */
  @Nullable ReasonCode receive(TopicName topic);

  /** The answer as this packet can say it; {@link ReasonCode#SUCCESS} where it is allowed. */
  static ReasonCode in(PacketType packet, @Nullable ReasonCode answer) {
    if (answer == ReasonCode.SUCCESS) {
      return answer;
    }
    return answer != null && answer.isError() && answer.allowedIn(packet)
        ? answer
        : ReasonCode.NOT_AUTHORIZED;
  }
}
