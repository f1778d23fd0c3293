package io.culvert.rpc;

import io.culvert.client.ConnectionChange;
import io.culvert.client.MqttClient;
import io.culvert.client.MqttClientException;
import io.culvert.client.MqttClientFailure;
import io.culvert.client.MqttClientOptions;
import io.culvert.client.OutgoingMessage;
import io.culvert.client.ReceivedMessage;
import io.culvert.client.SubscriptionRequest;
import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.RetainHandling;
import io.culvert.rpc.exchange.RpcMessage;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A link to any MQTT server, over the MQTT client. It comes back by itself. */
public final class MqttLink implements RpcLink {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.rpc");

  private final Vertx vertx;
  private final MqttClientOptions options;
  private final boolean mqtt5;
  private volatile @Nullable MqttClient client;
  private @Nullable Function<Boolean, RpcMessage> word;
  private boolean isOnline;

  private MqttLink(Vertx vertx, MqttClientOptions options, boolean mqtt5) {
    this.vertx = vertx;
    this.options = options;
    this.mqtt5 = mqtt5;
  }

  /** One that is not connected yet. */
  public static MqttLink create(Vertx vertx, MqttClientOptions options, boolean mqtt5) {
    return new MqttLink(vertx, new MqttClientOptions(options), mqtt5);
  }

  /** The message for false takes the place of a Will in the options. */
  @Override
  public void announce(Function<Boolean, RpcMessage> message) {
    word = message;
  }

  @Override
  public Future<Void> connect() {
    MqttClient before = client;
    Function<Boolean, RpcMessage> said = word;
    if (before != null) {
      return before.connect().mapEmpty();
    } else if (said == null) {
      return connect(options);
    }
    OutgoingMessage will = retained(said.apply(false));
    return connect(new MqttClientOptions(options).setWill(will, 0).setWillAtClose(true))
        .recover(
            failure ->
                mayMeanWill(failure) ? withoutWill(will, failure) : Future.failedFuture(failure));
  }

  @Override
  public void online() {
    isOnline = true;
    sayOnline();
  }

  @Override
  public Future<Void> publish(RpcMessage message) {
    return client().publish(outgoing(message)).mapEmpty();
  }

  @Override
  public Future<Subscribed> subscribe(
      String filter, int qos, Function<RpcMessage, Future<?>> handler) {
    return subscribe(
        SubscriptionRequest.of(filter, QoS.of(qos)).withRetainHandling(RetainHandling.DO_NOT_SEND),
        received -> {
          if (received.retain()) {
            received.acknowledge(); // a request or an answer is never kept
          } else {
            take(received, handler);
          }
        });
  }

  @Override
  public Future<Subscribed> subscribeRetained(
      String filter, int qos, Function<RpcMessage, Future<?>> handler) {
    return subscribe(
        SubscriptionRequest.of(filter, QoS.of(qos)), received -> take(received, handler));
  }

  @Override
  public boolean hasProperties() {
    return mqtt5;
  }

  @Override
  public Future<Void> close() {
    MqttClient open = client;
    return open == null ? Future.succeededFuture() : open.close();
  }

  /**
   * For what RPC does not need.
   *
   * @throws IllegalStateException before {@link #connect}
   */
  public MqttClient client() {
    MqttClient made = client;
    if (made == null) {
      throw new IllegalStateException("the link is not connected: call connect() first");
    }
    return made;
  }

  private Future<Void> connect(MqttClientOptions with) {
    MqttClient made = MqttClient.create(vertx, with);
    made.connectionHandler(
        change -> {
          if (client == made) { // and not one whose will was refused
            changed(made, change);
          }
        });
    client = made;
    return made.connect().mapEmpty();
  }

  /** A device that answers is worth more than one that says that it is there. */
  private Future<Void> withoutWill(OutgoingMessage will, Throwable failure) {
    LOG.warn(
        "{}; so it is tried without a will to {}, and nobody is told whether this device is there",
        failure.getMessage(),
        will.topic());
    word = null;
    Future<Void> unused = client().close();
    return connect(options);
  }

  private void sayOnline() {
    Function<Boolean, RpcMessage> said = word;
    if (said == null || !isOnline) {
      return;
    }
    RpcMessage message = said.apply(true);
    client()
        .publish(retained(message))
        .onFailure(
            failure -> {
              if (isRefusal(failure)) {
                word = null;
                LOG.warn(
                    "nobody is told that this device is there, as the broker does not take {}: {}",
                    message.topic(),
                    failure.getMessage());
              } else {
                LOG.debug("not told that this device is there: {}", failure.getMessage());
              }
            });
  }

  private Future<Subscribed> subscribe(
      SubscriptionRequest request, Handler<ReceivedMessage> handler) {
    return client()
        .subscribe(request.withManualAcknowledgement(), handler)
        .map(subscription -> (Subscribed) subscription::close);
  }

  private static void take(ReceivedMessage received, Function<RpcMessage, Future<?>> handler) {
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

  private OutgoingMessage retained(RpcMessage message) {
    return outgoing(message).withRetain(true);
  }

  private OutgoingMessage outgoing(RpcMessage message) {
    return new OutgoingMessage(
        message.topic(),
        Buffer.buffer(message.payload().toByteArray()),
        QoS.of(message.qos()),
        /* retain= */ false,
        mqtt5 ? properties(message) : Properties.EMPTY,
        /* reliable= */ false);
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

  private static boolean isRefusal(Throwable failure) {
    return failure instanceof MqttClientException told
        && (told.failure() == MqttClientFailure.PUBLISH_REFUSED
            || told.failure() == MqttClientFailure.NOT_SUPPORTED);
  }

  /** The server may have refused the Will, and not the client; before MQTT 5 it does not say. */
  private boolean mayMeanWill(@Nullable Throwable failure) {
    if (!(failure instanceof MqttClientException told)) {
      return false;
    }
    ReasonCode code = told.reasonCode();
    if (told.failure() != MqttClientFailure.CONNECT_REFUSED) {
      boolean isClosed = told.failure() == MqttClientFailure.CONNECT_FAILED && code == null;
      return isClosed && !mqtt5 && told.getCause() == null;
    }
    return code == ReasonCode.NOT_AUTHORIZED
        || code == ReasonCode.TOPIC_NAME_INVALID
        || code == ReasonCode.RETAIN_NOT_SUPPORTED
        || code == ReasonCode.QOS_NOT_SUPPORTED
        || (code == ReasonCode.SERVER_UNAVAILABLE && !mqtt5);
  }

  private void changed(MqttClient of, ConnectionChange change) {
    switch (change.state()) {
      case CONNECTED -> {
        LOG.debug("the link of {} is there", of.clientId());
        sayOnline(); // the will of the connection before may have been published
      }
      case RECONNECTING ->
          LOG.info(
              "the link of {} is lost, next attempt in {} ms: {}",
              of.clientId(),
              change.nextAttemptMillis(),
              change.cause() == null ? "" : change.cause().getMessage());
      case DISCONNECTED -> {
        if (change.cause() != null) {
          LOG.warn(
              "the link of {} has ended: {}{}",
              of.clientId(),
              change.cause().getMessage(),
              isOnline && word != null && mayMeanWill(change.cause())
                  ? "; if that is because of the will, RpcClientOptions.withPresence(false)"
                      + " connects without one"
                  : "");
        }
      }
    }
  }
}
