package io.culvert.broker.bus;

import io.culvert.mqtt.client.ClientConnection;
import io.culvert.mqtt.client.ClientEvent;
import io.culvert.mqtt.client.ClientSession;
import io.culvert.mqtt.client.ConnectOptions;
import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.RetainHandling;
import io.culvert.mqtt.wire.Subscribe;
import io.culvert.mqtt.wire.SubscriptionOptions;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.runtime.bus.MqttFailure;
import io.culvert.runtime.bus.SubscribeRequest;
import io.culvert.runtime.bus.SubscribeResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One subscriber on the event bus: a client of the broker whose Receive Maximum is what may be
 * outstanding, so that queues, limits, QoS and shared subscriptions are those of every client.
 * Everything in it happens on its shard's event loop.
 */
final class Subscriber {
  private final String id;
  private final String clientId;
  private final SubscribeRequest request;
  private final BusShard shard;
  private final Deliveries deliveries;
  private final long sessionExpirySeconds;
  private final Promise<SubscribeResult> granted = Promise.promise();
  private final Promise<ReasonCode> ended = Promise.promise();
  private final Promise<Void> closed = Promise.promise();
  private @Nullable ClientConnection connection;
  private boolean sessionPresent;

  /**
   * One that is not there yet.
   *
   * @param id of the subscription
   * @param clientId of its session
   * @param sessionExpirySeconds the longest that is granted
   */
  Subscriber(
      String id,
      String clientId,
      SubscribeRequest request,
      BusShard shard,
      BusCounters counters,
      long sessionExpirySeconds,
      Outlet outlet) {
    this.id = id;
    this.clientId = clientId;
    this.request = request;
    this.shard = shard;
    this.sessionExpirySeconds = sessionExpirySeconds;
    this.deliveries = new Deliveries(id, request, shard, counters, outlet, this::acknowledge);
  }

  /** Connects and subscribes. */
  Future<SubscribeResult> start() {
    ConnectOptions.Builder how =
        ConnectOptions.builder()
            .clientId(clientId)
            .keepAliveSeconds(0)
            .receiveMaximum(request.maxOutstanding())
            .automaticAcknowledgement(false)
            .resubscribe(false);
    if (request.session() != null) {
      how.cleanStart(false)
          .sessionExpirySeconds(Math.min(request.sessionExpirySeconds(), sessionExpirySeconds));
    }
    InProcessClient.connect(
        shard, ClientSession.continuing(0), how.build(), this::handle, closed::tryComplete);
    return granted.future();
  }

  SubscribeRequest request() {
    return request;
  }

  BusShard shard() {
    return shard;
  }

  /** Completes when it has no connection any more, with why. */
  Future<ReasonCode> ended() {
    return ended.future();
  }

  /** Ends it; what waits in its session goes on to wait. */
  void leave() {
    disconnect(Properties.EMPTY);
  }

  /** Ends it and its session; completes when the broker has done so. */
  Future<Void> unsubscribe() {
    disconnect(
        request.session() == null
            ? Properties.EMPTY
            : Properties.builder().put(Property.SESSION_EXPIRY_INTERVAL, 0).build());
    return closed.future();
  }

  /**
   * Checks the Topic Filter.
   *
   * @throws io.vertx.core.eventbus.ReplyException naming the field
   */
  static void check(SubscribeRequest request) {
    try {
      TopicFilter.parse(request.filter());
    } catch (MqttViolation violation) {
      throw MqttFailure.BAD_REQUEST.because("filter is none: " + violation.getMessage());
    }
  }

  private void disconnect(Properties properties) {
    ClientConnection open = connection;
    if (open != null) {
      open.disconnect(ReasonCode.SUCCESS, properties, shard.shard().nowMillis());
    }
  }

  private void handle(ClientConnection from, ClientEvent event, long nowMillis) {
    if (event instanceof ClientEvent.MessageReceived received) {
      deliveries.add(received.publish());
    } else if (event instanceof ClientEvent.Connected connected) {
      connection = from;
      sessionPresent = connected.sessionPresent();
      from.subscribe(List.of(entry()), Properties.EMPTY, nowMillis);
    } else if (event instanceof ClientEvent.Subscribed subscribed) {
      subscribed(subscribed.reasonCodes().get(0));
    } else if (event instanceof ClientEvent.Disconnected disconnected) {
      disconnected(disconnected.reasonCode());
    }
  }

  private Subscribe.Entry entry() {
    return new Subscribe.Entry(
        request.filter(),
        new SubscriptionOptions(
            QoS.of(request.qos()), false, true, RetainHandling.of(request.retainHandling())));
  }

  private void subscribed(ReasonCode reasonCode) {
    if (reasonCode.isError()) {
      granted.tryFail(Messages.failure(reasonCode, "SUBSCRIBE to " + request.filter()));
      var unused = unsubscribe();
    } else {
      granted.tryComplete(
          new SubscribeResult(id, reasonCode.value(), request.leaseSeconds(), sessionPresent));
    }
  }

  private void disconnected(ReasonCode reasonCode) {
    connection = null;
    deliveries.stop();
    granted.tryFail(Messages.failure(reasonCode, "CONNECT of a subscriber"));
    ended.tryComplete(reasonCode);
  }

  private void acknowledge(int packetId, ReasonCode reasonCode) {
    ClientConnection open = connection;
    if (open != null) {
      open.acknowledge(packetId, reasonCode, shard.shard().nowMillis());
    }
  }
}
