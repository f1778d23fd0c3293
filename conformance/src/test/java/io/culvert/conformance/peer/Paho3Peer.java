package io.culvert.conformance.peer;

import io.culvert.conformance.broker.Await;
import java.util.concurrent.CompletableFuture;
import org.eclipse.paho.client.mqttv3.IMqttActionListener;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.IMqttToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.jspecify.annotations.Nullable;

/** Eclipse Paho for Java, MQTT 3.1.1. */
final class Paho3Peer implements Peer, MqttCallback {

  private final MqttAsyncClient client;
  private final @Nullable Message will;
  private final Inbox inbox;
  private volatile CompletableFuture<Integer> ended = new CompletableFuture<>();

  Paho3Peer(PeerOptions options, Transport transport) {
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
    MqttConnectOptions options = new MqttConnectOptions();
    options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
    options.setCleanSession(session == SessionKind.CLEAN);
    options.setKeepAliveInterval(PeerOptions.KEEP_ALIVE_SECONDS);
    options.setMaxInflight(PeerOptions.MAXIMUM_IN_FLIGHT);
    options.setAutomaticReconnect(false);
    if (will != null) {
      options.setWill(will.topic(), will.payload().bytes(), will.qos(), will.retain());
    }
    return done("CONNACK", listener -> client.connect(options, null, listener)).getSessionPresent();
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
    MqttMessage sent = new MqttMessage(message.payload().bytes());
    sent.setQos(message.qos());
    sent.setRetained(message.retain());
    return begin(listener -> client.publish(message.topic(), sent, null, listener))
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
  public void connectionLost(Throwable cause) {
    ended.complete(NO_REASON_CODE);
  }

  @Override
  public void messageArrived(String topic, MqttMessage message) {
    inbox.add(
        new Message(
            topic,
            Payload.of(message.getPayload()),
            message.getQos(),
            message.isRetained(),
            Properties.NONE));
  }

  @Override
  public void deliveryComplete(IMqttDeliveryToken token) {}

  private static IMqttToken done(String what, Operation operation) {
    return Await.result(what, begin(operation));
  }

  private static CompletableFuture<IMqttToken> begin(Operation operation) {
    CompletableFuture<IMqttToken> done = new CompletableFuture<>();
    try {
      operation.start(
          new IMqttActionListener() {
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
    void start(IMqttActionListener listener) throws MqttException;
  }
}
