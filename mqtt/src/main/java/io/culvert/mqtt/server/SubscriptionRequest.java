package io.culvert.mqtt.server;

import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.SubscriptionOptions;
import io.culvert.mqtt.wire.TopicFilter;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a SUBSCRIBE.
 *
 * @param filter the parsed Topic Filter, or null when it is none
 * @param refusal why the entry cannot be granted, or {@link ReasonCode#SUCCESS}
 */
public record SubscriptionRequest(
    @Nullable TopicFilter filter, SubscriptionOptions options, ReasonCode refusal) {}
