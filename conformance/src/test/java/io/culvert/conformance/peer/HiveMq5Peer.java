package io.culvert.conformance.peer;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.lifecycle.MqttClientDisconnectedContext;
import com.hivemq.client.mqtt.lifecycle.MqttDisconnectSource;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserProperties;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import com.hivemq.client.mqtt.mqtt5.message.connect.Mqtt5Connect;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import io.culvert.conformance.broker.Await;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** The HiveMQ client, MQTT 5.0. */
final class HiveMq5Peer implements Peer {

  private final Mqtt5AsyncClient client;
  private final @Nullable Message will;
  private final Inbox inbox;
  private volatile CompletableFuture<Integer> ended = new CompletableFuture<>();

  HiveMq5Peer(PeerOptions options, Transport transport) {
    var builder =
        MqttClient.builder()
            .useMqttVersion5()
            .identifier(options.clientId())
            .serverHost(options.host())
            .serverPort(options.port())
            .addDisconnectedListener(this::onDisconnected);
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
    boolean durable = session == SessionKind.DURABLE;
    var connect =
        Mqtt5Connect.builder()
            .cleanStart(!durable)
            .sessionExpiryInterval(durable ? PeerOptions.SESSION_EXPIRY_SECONDS : 0)
            .keepAlive(PeerOptions.KEEP_ALIVE_SECONDS)
            .restrictions()
            .topicAliasMaximum(PeerOptions.TOPIC_ALIAS_MAXIMUM)
            .applyRestrictions();
    if (will != null) {
      connect = connect.willPublish(sent(will).asWill());
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
    return client
        .publish(sent(message))
        .thenAccept(
            result ->
                result
                    .getError()
                    .ifPresent(
                        error -> {
                          throw new CompletionException(error);
                        }));
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

  private void onDisconnected(MqttClientDisconnectedContext context) {
    ended.complete(
        context.getCause() instanceof Mqtt5DisconnectException cause
                && context.getSource() == MqttDisconnectSource.SERVER
            ? cause.getMqttMessage().getReasonCode().getCode()
            : NO_REASON_CODE);
  }

  private static Mqtt5Publish sent(Message message) {
    Properties properties = message.properties();
    var builder =
        Mqtt5Publish.builder()
            .topic(message.topic())
            .payload(message.payload().bytes())
            .qos(MqttQos.fromCode(message.qos()))
            .retain(message.retain())
            .contentType(properties.contentType())
            .responseTopic(properties.responseTopic());
    if (properties.correlationData() != null) {
      builder = builder.correlationData(properties.correlationData().bytes());
    }
    var userProperties = Mqtt5UserProperties.builder();
    for (Properties.UserProperty property : properties.userProperties()) {
      userProperties = userProperties.add(property.name(), property.value());
    }
    return builder.userProperties(userProperties.build()).build();
  }

  private static Message received(Mqtt5Publish publish) {
    List<Properties.UserProperty> userProperties =
        publish.getUserProperties().asList().stream()
            .map(p -> new Properties.UserProperty(p.getName().toString(), p.getValue().toString()))
            .toList();
    return new Message(
        publish.getTopic().toString(),
        Payload.of(publish.getPayloadAsBytes()),
        publish.getQos().getCode(),
        publish.isRetain(),
        new Properties(
            userProperties,
            publish.getContentType().map(Object::toString).orElse(null),
            publish.getResponseTopic().map(Object::toString).orElse(null),
            publish.getCorrelationData().map(HiveMq5Peer::bytes).orElse(null)));
  }

  private static Payload bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return Payload.of(bytes);
  }
}
