package io.culvert.conformance.peer;

import io.culvert.conformance.broker.Await;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.MqttClient;
import io.vertx.mqtt.MqttClientOptions;
import io.vertx.mqtt.messages.MqttPublishMessage;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The Vert.x MQTT client, 3.1.1. It has one event loop of its own, on which every call and every
 * callback runs: an acknowledgement cannot overtake the packet identifier that it belongs to.
 */
final class VertxPeer implements Peer {

  /** Room for the 1 MiB payload and its header. */
  private static final int MAXIMUM_MESSAGE_BYTES = 2 * 1024 * 1024;

  private final PeerOptions options;
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final Context context = vertx.getOrCreateContext();
  private final Inbox inbox;
  private final Map<Integer, CompletableFuture<Void>> unacknowledged = new HashMap<>();
  private volatile CompletableFuture<Integer> ended = new CompletableFuture<>();
  private @Nullable MqttClient client;

  VertxPeer(PeerOptions options) {
    this.options = options;
    this.inbox = new Inbox(options.clientId());
  }

  @Override
  public boolean connect(SessionKind session) {
    CompletableFuture<Integer> end = new CompletableFuture<>();
    ended = end;
    client = MqttClient.create(vertx, wireOptions(session));
    client.publishHandler(message -> inbox.add(received(message)));
    client.publishCompletionHandler(this::acknowledged);
    client.subscribeCompletionHandler(subAck -> acknowledged(subAck.messageId()));
    client.unsubscribeCompletionHandler(this::acknowledged);
    client.closeHandler(nothing -> end.complete(NO_REASON_CODE));
    return Await.result("CONNACK", call(() -> client.connect(options.port(), options.host())))
        .isSessionPresent();
  }

  @Override
  public void subscribe(String filter, int qos) {
    Await.result("SUBACK", acknowledgement(() -> client.subscribe(filter, qos)));
  }

  @Override
  public void unsubscribe(String filter) {
    Await.result("UNSUBACK", acknowledgement(() -> client.unsubscribe(filter)));
  }

  @Override
  public CompletableFuture<Void> publish(Message message) {
    Supplier<Future<Integer>> publish =
        () ->
            client.publish(
                message.topic(),
                Buffer.buffer(message.payload().bytes()),
                MqttQoS.valueOf(message.qos()),
                false,
                message.retain());
    return message.qos() == 0 ? call(publish).thenAccept(id -> {}) : acknowledgement(publish);
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
    Await.result("DISCONNECT sent", call(() -> client.disconnect()));
  }

  @Override
  public void close() {
    Await.result("Vert.x closed", vertx.close().toCompletionStage());
  }

  /** Runs on the event loop. */
  private void acknowledged(int packetId) {
    CompletableFuture<Void> waiting = unacknowledged.remove(packetId);
    if (waiting != null) {
      waiting.complete(null);
    }
  }

  private CompletableFuture<Void> acknowledgement(Supplier<Future<Integer>> operation) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    context.runOnContext(
        nothing ->
            operation
                .get()
                .onSuccess(packetId -> unacknowledged.put(packetId, done))
                .onFailure(done::completeExceptionally));
    return done;
  }

  private <T> CompletableFuture<T> call(Supplier<Future<T>> operation) {
    CompletableFuture<T> done = new CompletableFuture<>();
    context.runOnContext(
        nothing ->
            operation.get().onSuccess(done::complete).onFailure(done::completeExceptionally));
    return done;
  }

  private MqttClientOptions wireOptions(SessionKind session) {
    MqttClientOptions wire =
        new MqttClientOptions()
            .setClientId(options.clientId())
            .setCleanSession(session == SessionKind.CLEAN)
            .setKeepAliveInterval(PeerOptions.KEEP_ALIVE_SECONDS)
            .setMaxInflightQueue(PeerOptions.MAXIMUM_IN_FLIGHT)
            .setMaxMessageSize(MAXIMUM_MESSAGE_BYTES);
    Message will = options.will();
    if (will != null) {
      wire.setWillFlag(true)
          .setWillTopic(will.topic())
          .setWillMessageBytes(Buffer.buffer(will.payload().bytes()))
          .setWillQoS(will.qos())
          .setWillRetain(will.retain());
    }
    return wire;
  }

  private static Message received(MqttPublishMessage message) {
    return new Message(
        message.topicName(),
        Payload.of(message.payload().getBytes()),
        message.qosLevel().value(),
        message.isRetain(),
        Properties.NONE);
  }
}
