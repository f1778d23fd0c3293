package io.culvert.rpc;

import io.culvert.client.MqttClientException;
import io.culvert.client.MqttClientFailure;
import io.culvert.rpc.exchange.RpcMessage;
import io.culvert.rpc.protocol.PayloadViolation;
import io.culvert.rpc.protocol.Presence;
import io.culvert.runtime.bus.MqttFailure;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears what devices say of whether they are there, and has the directory know it. On one thread,
 * that of the client.
 */
final class PresenceWatch {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.rpc");

  /** A broker of the event bus that was not there may be then. */
  private static final long AGAIN_MILLIS = 5000;

  private final Vertx vertx;
  private final RpcClient client;
  private final DeviceDirectory directory;
  private final long againMillis;
  private Consumer<String> onlineHook = tag -> {};
  private boolean begun;

  PresenceWatch(Vertx vertx, RpcClient client, DeviceDirectory directory) {
    this(vertx, client, directory, AGAIN_MILLIS);
  }

  /**
   * @param againMillis after which a broker is asked again that was not there
   */
  PresenceWatch(Vertx vertx, RpcClient client, DeviceDirectory directory, long againMillis) {
    this.vertx = vertx;
    this.client = client;
    this.directory = directory;
    this.againMillis = againMillis;
  }

  /**
   * Told the tag of each device that is there: once for each that was there before, and then each
   * time that one says so, which is with each of its connections. Set before {@link #start}.
   */
  void onOnline(Consumer<String> hook) {
    onlineHook = hook;
  }

  /**
   * From now on, as soon as the broker is there.
   *
   * @return completes when it is subscribed; fails, and the log says so, when the broker refuses
   */
  Future<Void> start() {
    Promise<Void> subscribed = Promise.promise(); // never, where the verticle ends before
    subscribe(subscribed);
    return subscribed.future();
  }

  /** The same, where nobody has begun before; the log says why not. */
  void startOnce() {
    if (!begun) {
      begun = true;
      Future<Void> unused = start();
    }
  }

  private void subscribe(Promise<Void> subscribed) {
    client
        .watchPresence(this::heard)
        .onComplete(done -> subscribed.complete(), failure -> notSubscribed(failure, subscribed));
  }

  private void heard(RpcMessage message) {
    String tag = Presence.tag(message.topic());
    if (tag == null) {
      return;
    }
    if (message.payload().isEmpty()) {
      directory.hasSaidNothing(tag); // somebody has deleted what the broker has kept
      return;
    }
    Presence presence;
    try {
      presence = Presence.read(tag, message.payload());
    } catch (PayloadViolation violation) {
      LOG.debug("{} says nothing that is understood: {}", tag, violation.getMessage());
      return;
    }
    directory.said(presence, client.nowMillis());
    if (presence.online()) {
      onlineHook.accept(tag);
    }
  }

  private void notSubscribed(Throwable failure, Promise<Void> subscribed) {
    MqttFailure told = MqttFailure.of(failure);
    if (failure instanceof ReplyException && (told == null || told.retryable())) {
      LOG.debug("no broker tells which devices are there yet: {}", failure.getMessage());
      vertx.setTimer(againMillis, now -> subscribe(subscribed));
      return;
    }
    if (!isClosed(failure)) {
      LOG.warn("which devices are there is not known by their word: {}", failure.getMessage());
    }
    subscribed.fail(failure);
  }

  private static boolean isClosed(Throwable failure) {
    return failure instanceof MqttClientException ended
        && ended.failure() == MqttClientFailure.CLOSED;
  }
}
