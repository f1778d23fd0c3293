package io.culvert.client;

import io.culvert.mqtt.wire.QoS;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * What has become of one of several subscriptions that were asked for together: exactly one of
 * handle and failure is there.
 *
 * @param filter the Topic Filter
 * @param subscription the handle of what the server has granted, or null
 * @param failure why there is none, or null
 */
public record SubscribeOutcome(
    String filter, @Nullable Subscription subscription, @Nullable Throwable failure) {
  public SubscribeOutcome {
    if ((subscription == null) == (failure == null)) {
      throw new IllegalArgumentException(filter + ": either a subscription or a failure");
    }
  }

  static Future<SubscribeOutcome> of(String filter, Future<Subscription> asked) {
    return asked.transform(
        done -> Future.succeededFuture(new SubscribeOutcome(filter, done.result(), done.cause())));
  }

  public boolean isGranted() {
    return subscription != null;
  }

  /** The highest QoS that the server sends with, or null where it has granted nothing. */
  public @Nullable QoS grantedQos() {
    return subscription == null ? null : subscription.grantedQos();
  }
}
