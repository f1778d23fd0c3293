package io.culvert.conformance.client;

import static io.culvert.mqtt.wire.Statement.MQTT3_7_0_0_2;
import static io.culvert.mqtt.wire.Statement.MQTT3_7_1_2_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_2_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.broker.Await;
import io.culvert.engine.Bytes;
import io.culvert.engine.Wake;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.client.ClientConnection;
import io.culvert.mqtt.client.ClientEvent;
import io.culvert.mqtt.client.ClientSession;
import io.culvert.mqtt.client.ConnectOptions;
import io.culvert.mqtt.client.DisconnectCause;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Subscribe;
import io.culvert.mqtt.wire.SubscriptionOptions;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.runtime.driver.Application;
import io.culvert.runtime.driver.EngineClient;
import io.culvert.runtime.driver.Peer;
import io.culvert.runtime.driver.Shard;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.mqtt.MqttEndpoint;
import io.vertx.mqtt.MqttServer;
import io.vertx.mqtt.MqttServerOptions;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The server of Vert.x MQTT, which sends back what a client publishes, over TCP. */
class VertxServerIT {
  private static final int LARGE_BYTES = 200_000;

  private final Vertx vertx = Vertx.vertx();
  private final BlockingQueue<ClientEvent> events = new LinkedBlockingQueue<>();
  private final Shard shard = Shard.current(vertx);
  private int port;

  @BeforeEach
  void listen() {
    MqttServerOptions options =
        new MqttServerOptions().setHost("127.0.0.1").setPort(0).setMaxMessageSize(1_000_000);
    MqttServer server = MqttServer.create(vertx, options).endpointHandler(VertxServerIT::serve);
    port = Await.result("listens", server.listen().toCompletionStage()).actualPort();
  }

  @AfterEach
  void close() {
    Await.result("closed", vertx.close().toCompletionStage());
  }

  private static void serve(MqttEndpoint endpoint) {
    endpoint.subscriptionAutoAck(true);
    endpoint.publishAutoAck(true);
    endpoint.publishHandler(
        message ->
            endpoint.publish(
                message.topicName(), message.payload(), message.qosLevel(), false, false));
    endpoint.accept(false);
  }

  @ParameterizedTest
  @EnumSource(names = {"MQTT_3_1_1", "MQTT_5"})
  @Normative({MQTT3_7_0_0_2, MQTT3_7_1_2_1, MQTT5_4_2_1})
  void messagesGoThereAndComeBack(MqttVersion version) throws Exception {
    ConnectOptions options = ConnectOptions.builder().version(version).clientId("c").build();
    ClientConnection connection = connect(options);
    assertThat(next(ClientEvent.Connected.class).sessionPresent()).isFalse();
    command(
        connection,
        client ->
            client.subscribe(
                List.of(new Subscribe.Entry("a", SubscriptionOptions.of(QoS.EXACTLY_ONCE))),
                Properties.EMPTY,
                shard.nowMillis()));
    assertThat(next(ClientEvent.Subscribed.class).reasonCodes())
        .containsExactly(ReasonCode.GRANTED_QOS_2);

    for (QoS qos : QoS.values()) {
      Bytes payload = Bytes.utf8(qos + "x".repeat(LARGE_BYTES));
      command(
          connection,
          client ->
              client.publish(
                  TopicName.of("a"), payload, qos, false, Properties.EMPTY, shard.nowMillis()));
      assertThat(comesBack(qos)).isEqualTo(payload);
    }

    command(
        connection,
        client -> client.disconnect(ReasonCode.SUCCESS, Properties.EMPTY, shard.nowMillis()));
    assertThat(next(ClientEvent.Disconnected.class).cause()).isEqualTo(DisconnectCause.REQUESTED);
  }

  /** The payload that comes back, once the message was acknowledged too where it has to be. */
  private Bytes comesBack(QoS qos) throws Exception {
    Bytes payload = null;
    boolean acknowledged = qos == QoS.AT_MOST_ONCE;
    while (payload == null || !acknowledged) {
      ClientEvent event = next(ClientEvent.class);
      if (event instanceof ClientEvent.MessageReceived received) {
        assertThat(received.publish().qos()).isEqualTo(qos);
        payload = received.publish().payload();
      } else {
        assertThat(((ClientEvent.Acknowledged) event).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
        acknowledged = true;
      }
    }
    return payload;
  }

  private ClientConnection connect(ConnectOptions options) {
    EngineClient client = EngineClient.create(shard, new NetClientOptions());
    return Await.result(
        "connected", client.connect("127.0.0.1", port, new Client(options)).toCompletionStage());
  }

  private void command(ClientConnection connection, Consumer<ClientConnection> command) {
    shard.context().runOnContext(ignored -> command.accept(connection));
  }

  private <E extends ClientEvent> E next(Class<E> type) throws InterruptedException {
    ClientEvent event = events.poll(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    assertThat(event).isInstanceOf(type);
    return type.cast(event);
  }

  private final class Client implements Application<ClientEvent, ClientConnection> {
    private final ConnectOptions options;

    Client(ConnectOptions options) {
      this.options = options;
    }

    @Override
    public ClientConnection open(Peer peer, Wake wake, Shard own) {
      ClientSession session = ClientSession.create(ClientSession.DEFAULT_QUEUE_LIMIT);
      ClientConnection connection = new ClientConnection(session, own.buffers(), wake);
      connection.connect(options, own.nowMillis());
      return connection;
    }

    @Override
    public void event(ClientConnection connection, ClientEvent event, long nowMillis) {
      events.add(owned(event));
    }

    @Override
    public void closed(ClientConnection connection, long nowMillis, @Nullable Throwable cause) {
      // The event Disconnected has said it.
    }
  }

  private static ClientEvent owned(ClientEvent event) {
    if (!(event instanceof ClientEvent.MessageReceived received)) {
      return event;
    }
    Publish publish = received.publish();
    return new ClientEvent.MessageReceived(
        new Publish(
            publish.topic().copy(),
            publish.payload().copy(),
            publish.qos(),
            publish.retain(),
            publish.dup(),
            publish.packetId(),
            publish.properties()));
  }
}
