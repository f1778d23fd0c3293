package io.culvert.mqtt.server;

import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Will;
import org.jspecify.annotations.Nullable;

/**
 * A CONNECT that will be accepted as soon as it is known which session it gets. Nothing in it is
 * borrowed.
 *
 * @param connAck the properties of CONNACK
 * @param owner the claim that it has made
 */
record Joining(
    ServerConnection connection,
    String clientId,
    boolean cleanStart,
    @Nullable Will will,
    Grant grant,
    Properties connAck,
    Owner owner) {}
