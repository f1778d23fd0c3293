package io.culvert.conformance.peer;

import io.culvert.conformance.broker.Await;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;
import org.jspecify.annotations.Nullable;

/** Eclipse Paho for Java, MQTT 5.0. */
final class Paho5Peer implements Peer, MqttCallback {

  private static final int ATTEMPTS = 10;

  private final MqttAsyncClient client;
  private final @Nullable Message will;
  private final Inbox inbox;
  private volatile CompletableFuture<Integer> ended = new CompletableFuture<>();

  Paho5Peer(PeerOptions options, Transport transport) {
    try {
      this.client =
          new MqttAsyncClient(
              options.uri(transport, "tcp"), options.clientId(), new MemoryPersistence());
    } catch (MqttException e) {
      throw new AssertionError(e);
    }
    this.will = options.will();
    this.inbox = new Inbox(options.clientId());
    client.setCallback(this);
  }

  @Override
  public boolean connect(SessionKind session) {
    ended = new CompletableFuture<>();
    boolean durable = session == SessionKind.DURABLE;
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setCleanStart(!durable);
    options.setSessionExpiryInterval(durable ? (long) PeerOptions.SESSION_EXPIRY_SECONDS : 0L);
    options.setKeepAliveInterval(PeerOptions.KEEP_ALIVE_SECONDS);
    options.setReceiveMaximum(PeerOptions.MAXIMUM_IN_FLIGHT);
    options.setAutomaticReconnect(false);
    if (will != null) {
      options.setWill(will.topic(), sent(will));
    }
    return Await.result("CONNACK", connecting(options, ATTEMPTS)).getSessionPresent();
  }

  @Override
  public void subscribe(String filter, int qos) {
    done("SUBACK", listener -> client.subscribe(filter, qos, null, listener));
  }

  @Override
  public void unsubscribe(String filter) {
    done("UNSUBACK", listener -> client.unsubscribe(filter, null, listener));
  }

  @Override
  public CompletableFuture<Void> publish(Message message) {
    return begin(listener -> client.publish(message.topic(), sent(message), null, listener))
        .thenAccept(token -> {});
  }

  @Override
  public Inbox inbox() {
    return inbox;
  }

  @Override
  public CompletableFuture<Integer> ended() {
    return ended;
  }

  @Override
  public void disconnect() {
    done("DISCONNECT sent", listener -> client.disconnect(null, listener));
  }

  @Override
  public void close() {
    try {
      if (client.isConnected()) {
        disconnect();
      }
      client.close(true);
    } catch (MqttException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void disconnected(MqttDisconnectResponse response) {
    // Without a DISCONNECT packet the client puts its own exception here, and 0 as the code.
    ended.complete(
        response.getException() != null && response.getReturnCode() == 0
            ? NO_REASON_CODE
            : response.getReturnCode());
  }

  @Override
  public void messageArrived(String topic, MqttMessage message) {
    MqttProperties properties = message.getProperties();
    byte[] correlationData = properties.getCorrelationData();
    inbox.add(
        new Message(
            topic,
            Payload.of(message.getPayload()),
            message.getQos(),
            message.isRetained(),
            new Properties(
                properties.getUserProperties().stream()
                    .map(p -> new Properties.UserProperty(p.getKey(), p.getValue()))
                    .toList(),
                properties.getContentType(),
                properties.getResponseTopic(),
                correlationData == null ? null : Payload.of(correlationData))));
  }

  @Override
  public void mqttErrorOccurred(MqttException exception) {}

  @Override
  public void deliveryComplete(IMqttToken token) {}

  @Override
  public void connectComplete(boolean reconnect, String serverUri) {}

  @Override
  public void authPacketArrived(int reasonCode, MqttProperties properties) {}

  private static MqttMessage sent(Message message) {
    Properties properties = message.properties();
    MqttProperties wire = new MqttProperties();
    List<UserProperty> userProperties =
        properties.userProperties().stream()
            .map(p -> new UserProperty(p.name(), p.value()))
            .toList();
    wire.setUserProperties(userProperties);
    wire.setContentType(properties.contentType());
    wire.setResponseTopic(properties.responseTopic());
    if (properties.correlationData() != null) {
      wire.setCorrelationData(properties.correlationData().bytes());
    }
    MqttMessage sent = new MqttMessage(message.payload().bytes());
    sent.setQos(message.qos());
    sent.setRetained(message.retain());
    sent.setProperties(wire);
    return sent;
  }

  /** It waits for a second only for the answer to the handshake of a WebSocket. */
  private CompletableFuture<IMqttToken> connecting(MqttConnectionOptions options, int attempts) {
    return begin(listener -> client.connect(options, null, listener))
        .exceptionallyCompose(
            failure ->
                attempts > 1 && failure.getCause() instanceof SocketTimeoutException
                    ? connecting(options, attempts - 1)
                    : CompletableFuture.failedFuture(failure));
  }

  private static IMqttToken done(String what, Operation operation) {
    return Await.result(what, begin(operation));
  }

  private static CompletableFuture<IMqttToken> begin(Operation operation) {
    CompletableFuture<IMqttToken> done = new CompletableFuture<>();
    try {
      operation.start(
          new MqttActionListener() {
            @Override
            public void onSuccess(IMqttToken token) {
              done.complete(token);
            }

            @Override
            public void onFailure(IMqttToken token, Throwable cause) {
              done.completeExceptionally(cause);
            }
          });
    } catch (MqttException e) {
      done.completeExceptionally(e);
    }
    return done;
  }

  /** A call of the client that reports to a listener. */
  private interface Operation {
    void start(MqttActionListener listener) throws MqttException;
  }
}
