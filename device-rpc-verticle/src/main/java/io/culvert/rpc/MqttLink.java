package io.culvert.rpc;

import io.culvert.client.ConnectionChange;
import io.culvert.client.MqttClient;
import io.culvert.client.MqttClientOptions;
import io.culvert.client.OutgoingMessage;
import io.culvert.client.ReceivedMessage;
import io.culvert.client.SubscriptionRequest;
import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.RetainHandling;
import io.culvert.rpc.exchange.RpcMessage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.Objects;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A link to any MQTT server, over the MQTT client. It comes back by itself. */
public final class MqttLink implements RpcLink {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.rpc");

  private final MqttClient client;
  private final boolean mqtt5;

  private MqttLink(MqttClient client, boolean mqtt5) {
    this.client = client;
    this.mqtt5 = mqtt5;
    client.connectionHandler(this::changed);
  }

  /** One that is not connected yet. */
  public static MqttLink create(Vertx vertx, MqttClientOptions options, boolean mqtt5) {
    return new MqttLink(MqttClient.create(vertx, options), mqtt5);
  }

  @Override
  public Future<Void> connect() {
    return client.connect().mapEmpty();
  }

  @Override
  public Future<Void> publish(RpcMessage message) {
    return client
        .publish(
            new OutgoingMessage(
                message.topic(),
                Buffer.buffer(message.payload().toByteArray()),
                QoS.of(message.qos()),
                /* retain= */ false,
                mqtt5 ? properties(message) : Properties.EMPTY,
                /* reliable= */ false))
        .mapEmpty();
  }

  @Override
  public Future<Subscribed> subscribe(
      String filter, int qos, Function<RpcMessage, Future<?>> handler) {
    SubscriptionRequest request =
        SubscriptionRequest.of(filter, QoS.of(qos))
            .withRetainHandling(RetainHandling.DO_NOT_SEND)
            .withManualAcknowledgement();
    return client
        .subscribe(request, received -> take(received, handler))
        .map(subscription -> (Subscribed) subscription::close);
  }

  @Override
  public boolean hasProperties() {
    return mqtt5;
  }

  @Override
  public Future<Void> close() {
    return client.close();
  }

  /** For what RPC does not need. */
  public MqttClient client() {
    return client;
  }

  private void take(ReceivedMessage received, Function<RpcMessage, Future<?>> handler) {
    if (received.retain()) {
      received.acknowledge(); // a request or an answer is never kept
      return;
    }
    Future<?> handled;
    try {
      handled = Objects.requireNonNull(handler.apply(message(received)));
    } catch (RuntimeException failure) {
      handled = Future.failedFuture(failure);
    }
    handled.onComplete(
        done -> received.acknowledge(),
        failure -> {
          LOG.error("a message of {} was not handled", received.topic(), failure);
          received.acknowledge();
        });
  }

  private static RpcMessage message(ReceivedMessage received) {
    Properties properties = received.properties();
    return new RpcMessage(
        received.topic(),
        Bytes.wrap(received.payload().getBytes()),
        received.qos().value(),
        properties.has(Property.MESSAGE_EXPIRY_INTERVAL)
            ? (Long) properties.integer(Property.MESSAGE_EXPIRY_INTERVAL, 0)
            : null,
        received.responseTopic(),
        properties.binary(Property.CORRELATION_DATA));
  }

  private static Properties properties(RpcMessage message) {
    String responseTopic = message.responseTopic();
    Bytes correlation = message.correlationData();
    Long expiry = message.expirySeconds();
    if (responseTopic == null && correlation == null && expiry == null) {
      return Properties.EMPTY;
    }
    Properties.Builder builder = Properties.builder();
    if (expiry != null) {
      builder.put(Property.MESSAGE_EXPIRY_INTERVAL, expiry);
    }
    if (responseTopic != null) {
      builder.put(Property.RESPONSE_TOPIC, responseTopic);
    }
    if (correlation != null) {
      builder.put(Property.CORRELATION_DATA, correlation);
    }
    return builder.build();
  }

  private void changed(ConnectionChange change) {
    switch (change.state()) {
      case CONNECTED -> LOG.debug("the link of {} is there", client.clientId());
      case RECONNECTING ->
          LOG.info(
              "the link of {} is lost, next attempt in {} ms: {}",
              client.clientId(),
              change.nextAttemptMillis(),
              change.cause() == null ? "" : change.cause().getMessage());
      case DISCONNECTED -> {
        if (change.cause() != null) {
          LOG.warn("the link of {} has ended: {}", client.clientId(), change.cause().getMessage());
        }
      }
    }
  }
}
