package io.culvert.rpc;

import io.culvert.client.ConnectionChange;
import io.culvert.client.MqttClient;
import io.culvert.client.MqttClientOptions;
import io.culvert.client.OutgoingMessage;
import io.culvert.client.ReceivedMessage;
import io.culvert.client.SubscriptionRequest;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.RetainHandling;
import io.culvert.rpc.exchange.RpcMessage;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A link to any MQTT server, over the MQTT client. It comes back by itself, unless its options say
 * otherwise, or the server refuses it for good.
 */
public final class MqttLink implements RpcLink {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.rpc");

  private final Vertx vertx;
  private final MqttClientOptions options;
  private final MqttMessages messages;
  private volatile @Nullable MqttClient client;
  private @Nullable PresenceWord presence;
  private Consumer<Throwable> ended = why -> {};

  private MqttLink(Vertx vertx, MqttClientOptions options, boolean mqtt5) {
    this.vertx = vertx;
    this.options = options;
    this.messages = new MqttMessages(mqtt5);
  }

  /** One that is not connected yet. */
  public static MqttLink create(Vertx vertx, MqttClientOptions options, boolean mqtt5) {
    return new MqttLink(vertx, new MqttClientOptions(options), mqtt5);
  }

  /** The message for false takes the place of a Will in the options. */
  @Override
  public void announce(Function<Boolean, RpcMessage> word) {
    presence = new PresenceWord(word, messages);
  }

  @Override
  public void whenEnded(Consumer<Throwable> told) {
    ended = told;
  }

  @Override
  public Future<Void> connect() {
    MqttClient before = client;
    PresenceWord said = presence;
    if (before != null) {
      return before.connect().mapEmpty();
    } else if (said == null) {
      return connect(options);
    }
    OutgoingMessage will = said.will();
    return connect(new MqttClientOptions(options).setWill(will, 0).setWillAtClose(true))
        .recover(
            failure ->
                said.mayMeanWill(failure)
                    ? withoutWill(will, failure)
                    : Future.failedFuture(failure));
  }

  @Override
  public void online() {
    PresenceWord said = presence;
    if (said != null) {
      said.online(client());
    }
  }

  @Override
  public Future<Void> publish(RpcMessage message) {
    return client().publish(messages.outgoing(message)).mapEmpty();
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
    return messages.mqtt5();
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
    presence = null;
    Future<Void> unused = client().close();
    return connect(options);
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
      handled = Objects.requireNonNull(handler.apply(MqttMessages.message(received)));
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

  private void changed(MqttClient of, ConnectionChange change) {
    PresenceWord said = presence;
    switch (change.state()) {
      case CONNECTED -> {
        LOG.debug("the link of {} is there", of.clientId());
        if (said != null) {
          said.say(of);
        }
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
              said != null && said.mayHaveEnded(change.cause())
                  ? "; if that is because of the will, RpcClientOptions.withPresence(false)"
                      + " connects without one"
                  : "");
          ended.accept(change.cause());
        }
      }
    }
  }
}
