package io.culvert.mqtt.server;

import io.culvert.mqtt.wire.MqttVersion;
import org.jspecify.annotations.Nullable;

/**
 * A connection as it was when somebody looked.
 *
 * @param peer what {@link ServerConnection#peer(Object)} was told, or null
 * @param openSeconds how long it has been open
 * @param keepAliveSeconds what was granted, or 0 for none
 * @param outboxBytes how much waits for the network
 */
public record ConnectionView(
    @Nullable Object peer,
    MqttVersion version,
    long openSeconds,
    int keepAliveSeconds,
    long outboxBytes) {}
