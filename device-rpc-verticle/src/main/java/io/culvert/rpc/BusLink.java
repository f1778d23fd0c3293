package io.culvert.rpc;

import io.culvert.engine.Bytes;
import io.culvert.rpc.exchange.RpcMessage;
import io.culvert.runtime.bus.CulvertMqtt;
import io.culvert.runtime.bus.MqttMessage;
import io.culvert.runtime.bus.MqttProperties;
import io.culvert.runtime.bus.ReceivedMessage;
import io.culvert.runtime.bus.SubscribeRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.function.Function;

/**
 * A link over the event bus to a broker of this process, or of another node of its cluster: no
 * socket, no login. The event bus is always there; subscriptions are renewed by themselves, and
 * what is lost shows in time-outs.
 */
public final class BusLink implements RpcLink {
  /** As many as the broker lets be unanswered: a slow device must not hold up the others. */
  private static final int OUTSTANDING = 1000;

  /** Longer than any request may take at a device. */
  private static final int ACK_MILLIS = 600_000;

  private static final int RETAINED = 0;
  private static final int NO_RETAINED = 2;

  private final CulvertMqtt mqtt;

  private BusLink(CulvertMqtt mqtt) {
    this.mqtt = mqtt;
  }

  public static BusLink create(Vertx vertx) {
    return new BusLink(CulvertMqtt.create(vertx));
  }

  @Override
  public Future<Void> connect() {
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> publish(RpcMessage message) {
    Bytes correlation = message.correlationData();
    MqttProperties properties =
        new MqttProperties(
            null,
            message.responseTopic(),
            correlation == null ? null : Buffer.buffer(correlation.toByteArray()),
            List.of(),
            null);
    return mqtt.publish(
            new MqttMessage(
                message.topic(),
                message.qos(),
                /* retain= */ false,
                Buffer.buffer(message.payload().toByteArray()),
                properties,
                message.expirySeconds()))
        .mapEmpty();
  }

  @Override
  public Future<Subscribed> subscribe(
      String filter, int qos, Function<RpcMessage, Future<?>> handler) {
    return subscribe(filter, qos, NO_RETAINED, handler);
  }

  @Override
  public Future<Subscribed> subscribeRetained(
      String filter, int qos, Function<RpcMessage, Future<?>> handler) {
    return subscribe(filter, qos, RETAINED, handler);
  }

  @Override
  public boolean hasProperties() {
    return true;
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }

  private Future<Subscribed> subscribe(
      String filter, int qos, int retainHandling, Function<RpcMessage, Future<?>> handler) {
    SubscribeRequest request =
        SubscribeRequest.to(filter)
            .withQos(qos)
            .withRetainHandling(retainHandling)
            .withMaxOutstanding(OUTSTANDING)
            .withAckTimeoutMillis(ACK_MILLIS);
    return mqtt.subscribe(request, received -> handler.apply(message(received)))
        .map(subscription -> (Subscribed) subscription::unsubscribe);
  }

  private static RpcMessage message(ReceivedMessage received) {
    MqttMessage message = received.message();
    Buffer correlation = message.properties().correlationData();
    return new RpcMessage(
        message.topic(),
        Bytes.wrap(message.payload().getBytes()),
        message.qos(),
        message.expirySeconds(),
        message.properties().responseTopic(),
        correlation == null ? null : Bytes.wrap(correlation.getBytes()));
  }
}
