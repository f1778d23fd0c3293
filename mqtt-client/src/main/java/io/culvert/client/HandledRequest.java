package io.culvert.client;

import io.vertx.core.Handler;
import org.jspecify.annotations.Nullable;

/**
 * One of several subscriptions that are asked for together, with a handler of its own.
 *
 * @param handler may be null: messages wait until {@link Subscription#handler} sets one
 */
public record HandledRequest(
    SubscriptionRequest request, @Nullable Handler<ReceivedMessage> handler) {}
