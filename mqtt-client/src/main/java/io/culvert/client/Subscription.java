package io.culvert.client;

import io.culvert.mqtt.wire.QoS;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/**
 * A handle of one subscription, and the stream of its messages. Several handles of one filter share
 * one subscription at the server, which ends when the last of them is closed. Its methods may be
 * called from any thread; its handlers are called on the event loop of the client.
 *
 * <p>While it is paused, or has no handler, its messages wait; the other subscriptions go on.
 */
public final class Subscription implements ReadStream<ReceivedMessage> {
  private final ClientLoop loop;
  private final SubscriptionRequest request;
  private final Receiver receiver;
  private volatile QoS grantedQos;
  private @Nullable Handler<ReceivedMessage> handler;
  private @Nullable Handler<Throwable> exceptionHandler;
  private @Nullable Handler<Void> endHandler;
  private boolean ended;

  /** Called on the event loop. */
  Subscription(
      ClientLoop loop,
      SubscriptionRequest request,
      int identifier,
      Inbox inbox,
      @Nullable Handler<ReceivedMessage> handler) {
    this.loop = loop;
    this.request = request;
    this.grantedQos = request.options().qos();
    this.handler = handler;
    this.receiver =
        inbox.add(request.topicFilter(), identifier, request.manualAcknowledgement(), null);
  }

  /** The Topic Filter. */
  public String filter() {
    return request.filter();
  }

  public SubscriptionRequest request() {
    return request;
  }

  /** The highest QoS that the server sends with. */
  public QoS grantedQos() {
    return grantedQos;
  }

  /**
   * Ends it: no more messages come, and those that wait are thrown away. Completes when the server
   * knows it, or need not know.
   */
  public Future<Void> close() {
    return loop.ask(() -> loop.close(this));
  }

  /** Messages of QoS 0, or of a session that was lost, that were dropped: too many waited. */
  public Future<Long> dropped() {
    return loop.ask(() -> Future.succeededFuture(receiver.dropped()));
  }

  /** Null lets messages wait. */
  @Override
  public Subscription handler(@Nullable Handler<ReceivedMessage> next) {
    return onLoop(
        () -> {
          handler = next;
          start();
        });
  }

  @Override
  public Subscription pause() {
    return onLoop(receiver::pause);
  }

  @Override
  public Subscription resume() {
    return onLoop(receiver::resume);
  }

  @Override
  public Subscription fetch(long amount) {
    return onLoop(() -> receiver.fetch(amount));
  }

  /**
   * Told what the message handler has thrown, and why the server ends the subscription. Unless it
   * is set, both are logged.
   */
  @Override
  public Subscription exceptionHandler(@Nullable Handler<Throwable> next) {
    return onLoop(() -> exceptionHandler = next);
  }

  /** Called once, when no more messages come; at once where that is so already. */
  @Override
  public Subscription endHandler(@Nullable Handler<Void> next) {
    return onLoop(
        () -> {
          endHandler = next;
          if (ended) {
            tellEnd();
          }
        });
  }

  Receiver receiver() {
    return receiver;
  }

  void granted(QoS qos) {
    grantedQos = qos;
  }

  /** Messages may come out now, if there is a handler. */
  void start() {
    receiver.taker(handler == null ? null : this::take);
  }

  void failed(Throwable failure) {
    @Nullable Handler<Throwable> told = exceptionHandler;
    if (told == null) {
      MqttClient.LOG.error("The subscription to {} has failed", filter(), failure);
    } else {
      Told.guarded("The exception handler of " + filter(), () -> told.handle(failure));
    }
  }

  void ended() {
    if (!ended) {
      ended = true;
      tellEnd();
    }
  }

  private void tellEnd() {
    @Nullable Handler<Void> told = endHandler;
    endHandler = null;
    if (told != null) {
      Told.guarded("The end handler of " + filter(), () -> told.handle(null));
    }
  }

  private void take(Arrival arrival) {
    @Nullable Handler<ReceivedMessage> current = handler;
    if (current == null) {
      return;
    }
    try {
      current.handle(loop.message(arrival, receiver));
    } catch (Throwable thrown) { // one message's handler must not end the connection of all
      failed(thrown);
    }
  }

  private Subscription onLoop(Runnable action) {
    loop.run(action);
    return this;
  }
}
