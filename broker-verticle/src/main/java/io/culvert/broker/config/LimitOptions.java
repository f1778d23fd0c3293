package io.culvert.broker.config;

import io.culvert.runtime.config.Configuration;

/** The section {@code limits}; each part is described beside its key in {@link BrokerSettings}. */
public record LimitOptions(
    int packetBytes,
    int receiveMaximum,
    int inFlight,
    int queueMessages,
    long queueBytes,
    int outboxBytes,
    int subscriptionsPerSession,
    int filtersPerSubscribe,
    int topicLevels,
    int topicBytes,
    int retainedMessages,
    long retainedBytes,
    int sessions,
    long sessionExpirySeconds,
    int connectTimeoutSeconds,
    int keepAliveMaximumSeconds) {

  static LimitOptions from(Configuration configuration) {
    return new LimitOptions(
        configuration.integer("limits.packet-bytes"),
        configuration.integer("limits.receive-maximum"),
        configuration.integer("limits.in-flight"),
        configuration.integer("limits.queue-messages"),
        configuration.number("limits.queue-bytes"),
        configuration.integer("limits.outbox-bytes"),
        configuration.integer("limits.subscriptions-per-session"),
        configuration.integer("limits.filters-per-subscribe"),
        configuration.integer("limits.topic-levels"),
        configuration.integer("limits.topic-bytes"),
        configuration.integer("limits.retained-messages"),
        configuration.number("limits.retained-bytes"),
        configuration.integer("limits.sessions"),
        configuration.number("limits.session-expiry-seconds"),
        configuration.integer("limits.connect-timeout-seconds"),
        configuration.integer("limits.keep-alive-max-seconds"));
  }
}
