package io.culvert.conformance.peer;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3AsyncClient;
import com.hivemq.client.mqtt.mqtt3.message.connect.Mqtt3Connect;
import com.hivemq.client.mqtt.mqtt3.message.publish.Mqtt3Publish;
import io.culvert.conformance.broker.Await;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The HiveMQ client, MQTT 3.1.1. */
final class HiveMq3Peer implements Peer {

  private final Mqtt3AsyncClient client;
  private final @Nullable Message will;
  private final Inbox inbox;
  private volatile CompletableFuture<Integer> ended = new CompletableFuture<>();

  HiveMq3Peer(PeerOptions options, Transport transport) {
    var builder =
        MqttClient.builder()
            .useMqttVersion3()
            .identifier(options.clientId())
            .serverHost(options.host())
            .serverPort(options.port())
            .addDisconnectedListener(context -> ended.complete(NO_REASON_CODE));
    if (transport == Transport.WEB_SOCKET) {
      builder =
          builder
              .webSocketConfig()
              .serverPath(options.path())
              .subprotocol("mqtt")
              .applyWebSocketConfig();
    }
    this.client = builder.buildAsync();
    this.will = options.will();
    this.inbox = new Inbox(options.clientId());
    client.publishes(MqttGlobalPublishFilter.ALL, publish -> inbox.add(received(publish)));
  }

  @Override
  public boolean connect(SessionKind session) {
    HiveMqStates.awaitDisconnected(client);
    ended = new CompletableFuture<>();
    var connect =
        Mqtt3Connect.builder()
            .cleanSession(session == SessionKind.CLEAN)
            .keepAlive(PeerOptions.KEEP_ALIVE_SECONDS);
    if (will != null) {
      connect = connect.willPublish(sent(will));
    }
    return Await.result("CONNACK", client.connect(connect.build())).isSessionPresent();
  }

  @Override
  public void subscribe(String filter, int qos) {
    Await.result(
        "SUBACK", client.subscribeWith().topicFilter(filter).qos(MqttQos.fromCode(qos)).send());
  }

  @Override
  public void unsubscribe(String filter) {
    Await.result("UNSUBACK", client.unsubscribeWith().topicFilter(filter).send());
  }

  @Override
  public CompletableFuture<Void> publish(Message message) {
    return client.publish(sent(message)).thenAccept(publish -> {});
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
    Await.result("DISCONNECT sent", client.disconnect());
  }

  @Override
  public void close() {
    // Fails when the connection has ended by itself, which is as good.
    Await.result("closed", client.disconnect().handle((done, failure) -> "closed"));
  }

  private static Mqtt3Publish sent(Message message) {
    return Mqtt3Publish.builder()
        .topic(message.topic())
        .payload(message.payload().bytes())
        .qos(MqttQos.fromCode(message.qos()))
        .retain(message.retain())
        .build();
  }

  private static Message received(Mqtt3Publish publish) {
    return new Message(
        publish.getTopic().toString(),
        Payload.of(publish.getPayloadAsBytes()),
        publish.getQos().getCode(),
        publish.isRetain(),
        Properties.NONE);
  }
}
