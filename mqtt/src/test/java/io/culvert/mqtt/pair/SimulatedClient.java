package io.culvert.mqtt.pair;

import io.culvert.engine.BufferPool;
import io.culvert.engine.Bytes;
import io.culvert.engine.testkit.EngineLink;
import io.culvert.engine.testkit.VirtualClock;
import io.culvert.mqtt.client.ClientConnection;
import io.culvert.mqtt.client.ClientEvent;
import io.culvert.mqtt.client.ClientSession;
import io.culvert.mqtt.client.ClientState;
import io.culvert.mqtt.client.ConnectOptions;
import io.culvert.mqtt.server.Broker;
import io.culvert.mqtt.server.Limits;
import io.culvert.mqtt.server.ServerConnection;
import io.culvert.mqtt.server.ServerEvent;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Subscribe;
import io.culvert.mqtt.wire.SubscriptionOptions;
import io.culvert.mqtt.wire.TopicName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A client with a session that lasts; it connects anew until it is told to stop. */
final class SimulatedClient {
  private static final long RECONNECT_MILLIS = 50;

  /** Texts of the messages that came, in order. */
  final List<String> received = new ArrayList<>();

  /** Texts of the messages that the broker has acknowledged. */
  final List<String> acknowledged = new ArrayList<>();

  /** What should never happen. */
  final List<ClientEvent> complaints = new ArrayList<>();

  private final VirtualClock clock;
  private final Broker broker;
  private final BufferPool pool;
  private final Limits limits;
  private final ConnectOptions options;
  private final ClientSession session = ClientSession.create(10_000);
  private final Map<Integer, String> unacknowledged = new HashMap<>();
  private @Nullable EngineLink<ClientEvent, ServerEvent> link;
  private @Nullable ClientConnection connection;

  SimulatedClient(
      VirtualClock clock, Broker broker, BufferPool pool, MqttVersion version, String clientId) {
    this(clock, broker, Limits.DEFAULT, pool, builder(version, clientId).build());
  }

  /** One with limits and options of its own; acknowledges late where the options leave it to it. */
  SimulatedClient(
      VirtualClock clock, Broker broker, Limits limits, BufferPool pool, ConnectOptions options) {
    this.clock = clock;
    this.broker = broker;
    this.limits = limits;
    this.pool = pool;
    this.options = options;
  }

  static ConnectOptions.Builder builder(MqttVersion version, String clientId) {
    ConnectOptions.Builder builder =
        ConnectOptions.builder()
            .version(version)
            .clientId(clientId)
            .cleanStart(false)
            .keepAliveSeconds(10);
    return version.isMqtt5() ? builder.sessionExpirySeconds(100_000) : builder;
  }

  EngineLink<ClientEvent, ServerEvent> connect() {
    ServerConnection[] server = new ServerConnection[1];
    EngineLink<ClientEvent, ServerEvent> opened =
        new EngineLink<>(
            clock,
            wake -> connection = new ClientConnection(session, pool, wake),
            this::handle,
            wake -> server[0] = new ServerConnection(limits, pool, wake, null, now()),
            event -> broker.handle(server[0], event, now()));
    link = opened;
    connection().connect(options, now());
    opened.left().wake().changed();
    opened.right().wake().changed();
    return opened;
  }

  EngineLink<ClientEvent, ServerEvent> link() {
    return link == null ? connect() : link;
  }

  boolean isConnected() {
    return connection != null && connection.state() == ClientState.CONNECTED;
  }

  boolean isIdle() {
    return isConnected() && session.inFlight() == 0 && session.queued() == 0;
  }

  void subscribe(String filter) {
    connection()
        .subscribe(
            List.of(new Subscribe.Entry(filter, SubscriptionOptions.of(QoS.EXACTLY_ONCE))),
            Properties.EMPTY,
            now());
  }

  /** Publishes a text to the topic that has the QoS' name. */
  void publish(QoS qos, String text) {
    int id =
        connection()
            .publish(
                TopicName.of(qos.name()), Bytes.utf8(text), qos, false, Properties.EMPTY, now());
    if (id != 0) {
      unacknowledged.put(id, text);
    }
  }

  private void handle(ClientEvent event) {
    if (event instanceof ClientEvent.MessageReceived message) {
      receive(message.publish());
    } else if (event instanceof ClientEvent.Acknowledged ended) {
      String text = unacknowledged.remove(ended.packetId());
      if (text == null || isFailure(ended.reasonCode())) {
        complaints.add(event);
      } else {
        acknowledged.add(text);
      }
    } else if (event instanceof ClientEvent.Disconnected ended) {
      if (ended.violation() != null) {
        complaints.add(event);
      }
      clock.after(RECONNECT_MILLIS, this::connect);
    } else if (event instanceof ClientEvent.SessionLost
        || event instanceof ClientEvent.PublishDropped
        || event instanceof ClientEvent.ConnectRefused) {
      complaints.add(event);
    }
  }

  /** A message is received when it is handed out, or when it is acknowledged at last. */
  private void receive(Publish publish) {
    String text = publish.payload().toUtf8();
    int id = publish.packetId();
    if (id == 0 || options.automaticAcknowledgement()) {
      received.add(text);
      return;
    }
    ClientConnection from = connection();
    clock.after(
        text.hashCode() & 31,
        () -> {
          if (from.acknowledge(id, ReasonCode.SUCCESS, now())) {
            received.add(text);
          }
        });
  }

  /** A PUBREL that is sent again is answered so when the PUBCOMP was lost: the message is there. */
  private static boolean isFailure(ReasonCode reasonCode) {
    return reasonCode.isError() && reasonCode != ReasonCode.PACKET_IDENTIFIER_NOT_FOUND;
  }

  private ClientConnection connection() {
    return Objects.requireNonNull(connection);
  }

  private long now() {
    return clock.nowMillis();
  }
}
