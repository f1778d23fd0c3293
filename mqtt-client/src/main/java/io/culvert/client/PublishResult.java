package io.culvert.client;

import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.ReasonCode;

/**
 * How the publishing of a message has ended well.
 *
 * @param reasonCode of PUBACK, PUBREC or PUBCOMP, for example that nobody has subscribed, or 0x92
 *     where the PUBCOMP of a message that the server has taken was lost with a connection; success
 *     at QoS 0
 * @param properties of that packet
 */
public record PublishResult(ReasonCode reasonCode, Properties properties) {
  static final PublishResult WRITTEN = new PublishResult(ReasonCode.SUCCESS, Properties.EMPTY);
}
