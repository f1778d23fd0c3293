package io.culvert.runtime.bus;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A subscription over the event bus. It renews its lease by itself, and subscribes again when the
 * broker does not know it any more, for example because it was started anew. It ends by {@link
 * #unsubscribe}, by {@link #leave}, or when a newer subscriber takes its session.
 *
 * <p>Everything in it happens on one context.
 */
public final class MqttSubscription {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.mqtt.client");

  /** Two renewals may get lost before the lease ends. */
  private static final int RENEWALS_PER_LEASE = 3;

  /** What the reply to a message's request says when its handler has failed. */
  private static final int NOT_ACKNOWLEDGED = 1;

  private final Vertx vertx;
  private final Context context;
  private final SubscribeRequest request;
  private final Function<ReceivedMessage, Future<?>> handler;
  private final Promise<Void> ended = Promise.promise();
  private @Nullable MessageConsumer<JsonObject> consumer;
  private @Nullable SubscribeResult granted;
  private long timer;
  private boolean busy;

  private MqttSubscription(
      Vertx vertx,
      Context context,
      SubscribeRequest request,
      Function<ReceivedMessage, Future<?>> handler) {
    this.vertx = vertx;
    this.context = context;
    this.request = request;
    this.handler = handler;
  }

  static Future<MqttSubscription> open(
      Vertx vertx, SubscribeRequest request, Function<ReceivedMessage, Future<?>> handler) {
    Context context = vertx.getOrCreateContext();
    MqttSubscription subscription = new MqttSubscription(vertx, context, request, handler);
    Promise<MqttSubscription> opened = Promise.promise();
    context.runOnContext(now -> subscription.start().map(done -> subscription).onComplete(opened));
    return opened.future();
  }

  /** The request, with its address. */
  public SubscribeRequest request() {
    return request;
  }

  /** Completes when no messages come any more: because somebody said so, or took the session. */
  public Future<Void> ended() {
    return ended.future();
  }

  /** Ends the subscription and, where it has a session, forgets what waits in it. */
  public Future<Void> unsubscribe() {
    return onContext(() -> end(true));
  }

  /**
   * Takes no more messages. Where the subscription has a session, messages wait in it from when the
   * lease ends until it expires, or somebody subscribes with it again.
   */
  public Future<Void> leave() {
    return onContext(() -> end(false));
  }

  private Future<Void> start() {
    MessageConsumer<JsonObject> own = vertx.eventBus().consumer(request.address(), this::received);
    consumer = own;
    return own.completion() // known on all nodes
        .compose(known -> subscribe())
        .onSuccess(
            result ->
                timer =
                    vertx.setPeriodic(
                        result.leaseSeconds() * 1000L / RENEWALS_PER_LEASE, tick -> renew()))
        .onFailure(failure -> stop())
        .mapEmpty();
  }

  private Future<SubscribeResult> subscribe() {
    return vertx
        .eventBus()
        .<JsonObject>request(MqttAddresses.SUBSCRIBE, request.toJson())
        .map(Message::body)
        .map(SubscribeResult::fromJson)
        .onSuccess(result -> granted = result);
  }

  private void received(Message<JsonObject> message) {
    Future<?> handled;
    try {
      handled =
          Objects.requireNonNull(
              handler.apply(ReceivedMessage.fromJson(message.body())),
              "the handler gave no future");
    } catch (RuntimeException failure) {
      handled = Future.failedFuture(failure);
    }
    handled
        .onSuccess(done -> message.reply(new JsonObject()))
        .onFailure(failure -> message.fail(NOT_ACKNOWLEDGED, String.valueOf(failure.getMessage())));
  }

  private void renew() {
    SubscribeResult current = granted;
    if (current == null || busy) {
      return;
    }
    busy = true;
    vertx
        .eventBus()
        .request(
            MqttAddresses.RENEW,
            new JsonObject().put("subscription", current.subscription()),
            new DeliveryOptions()
                .setSendTimeout(current.leaseSeconds() * 1000L / RENEWALS_PER_LEASE))
        .<Void>mapEmpty()
        .recover(this::notRenewed)
        .onComplete(done -> busy = false);
  }

  private Future<Void> notRenewed(Throwable failure) {
    MqttFailure why = MqttFailure.of(failure);
    if (why == MqttFailure.SUBSCRIPTION_TAKEN_OVER) {
      return takenOver();
    }
    LOG.debug("the lease of {} was not renewed", request.filter(), failure);
    return why == MqttFailure.SUBSCRIPTION_UNKNOWN
        ? again()
        : Future.succeededFuture(); // it may have been: the next renewal will tell
  }

  private Future<Void> takenOver() {
    LOG.info("a newer subscriber to {} has session {}", request.filter(), request.session());
    stop();
    return Future.succeededFuture();
  }

  private Future<Void> again() {
    return hasStopped()
        ? Future.succeededFuture()
        : subscribe()
            .onSuccess(result -> LOG.info("subscribed to {} again", request.filter()))
            .onFailure(
                reason -> LOG.warn("not subscribed to {}: {}", request.filter(), reason.toString()))
            .compose(result -> hasStopped() ? release(result) : Future.succeededFuture());
  }

  private boolean hasStopped() {
    return consumer == null;
  }

  private Future<Void> end(boolean forget) {
    SubscribeResult current = granted;
    stop();
    return current == null || !forget ? Future.succeededFuture() : release(current);
  }

  private Future<Void> release(SubscribeResult result) {
    granted = null;
    return vertx
        .eventBus()
        .request(
            MqttAddresses.UNSUBSCRIBE, new JsonObject().put("subscription", result.subscription()))
        .mapEmpty();
  }

  private void stop() {
    granted = null;
    vertx.cancelTimer(timer);
    MessageConsumer<JsonObject> own = consumer;
    consumer = null;
    if (own != null) {
      own.unregister().onComplete(done -> ended.tryComplete());
    }
  }

  private Future<Void> onContext(Supplier<Future<Void>> action) {
    Promise<Void> done = Promise.promise();
    context.runOnContext(now -> action.get().onComplete(done));
    return done.future();
  }
}
