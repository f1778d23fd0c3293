package io.culvert.mqtt.client;

import io.culvert.engine.BufferPool;
import io.culvert.engine.Bytes;
import io.culvert.engine.ReceiveBuffer;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.MqttDecoder;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.mqtt.wire.Wire;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** A client and the server that a test plays by hand, packet by packet, in virtual time. */
final class ScriptedServer {
  final ClientSession session;
  final ClientConnection client;
  long now = 1_000_000;

  /** How often the driver was told that there is something to do. */
  int wakes;

  private final List<ClientEvent> events = new ArrayList<>();
  private final ReceiveBuffer fromClient = new ReceiveBuffer();
  private final MqttDecoder decoder = new MqttDecoder(Long.MAX_VALUE);
  private MqttVersion version = MqttVersion.MQTT_5;

  private ScriptedServer(ClientSession session) {
    this.session = session;
    this.client = new ClientConnection(session, new BufferPool(), () -> wakes++);
  }

  /** Nothing has been sent yet. */
  static ScriptedServer fresh() {
    return of(ClientSession.create(ClientSession.DEFAULT_QUEUE_LIMIT));
  }

  static ScriptedServer of(ClientSession session) {
    return new ScriptedServer(session);
  }

  /** CONNECT and a CONNACK without properties have been exchanged; nothing of it is left to see. */
  static ScriptedServer connected() {
    return connected(options -> options);
  }

  static ScriptedServer connected(UnaryOperator<ConnectOptions.Builder> how) {
    return connected(how, Properties.EMPTY);
  }

  static ScriptedServer connected(
      UnaryOperator<ConnectOptions.Builder> how, Properties connAckProperties) {
    ScriptedServer server = fresh().connect(how);
    server.accept(false, connAckProperties);
    server.sent();
    server.events();
    return server;
  }

  /** A new connection of the same client to the same server. */
  ScriptedServer next() {
    ScriptedServer next = of(session);
    next.now = now;
    return next;
  }

  ScriptedServer connect(UnaryOperator<ConnectOptions.Builder> how) {
    ConnectOptions options =
        how.apply(ConnectOptions.builder().clientId("c").keepAliveSeconds(0)).build();
    version = options.connect().version();
    client.connect(options, now);
    poll();
    return this;
  }

  ScriptedServer accept(boolean sessionPresent) {
    return accept(sessionPresent, Properties.EMPTY);
  }

  ScriptedServer accept(boolean sessionPresent, Properties properties) {
    return sends(new ConnAck(sessionPresent, ReasonCode.SUCCESS, properties));
  }

  ScriptedServer sends(MqttPacket... packets) {
    return sends(Wire.encode(List.of(packets), version));
  }

  /** Hands over a chunk that is overwritten afterwards, so that kept views are found out. */
  ScriptedServer sends(Bytes bytes) {
    byte[] borrowed = bytes.toByteArray();
    client.receive(Bytes.wrap(borrowed));
    poll();
    Arrays.fill(borrowed, (byte) 0xee);
    return this;
  }

  ScriptedServer closes() {
    client.receiveEnd();
    poll();
    return this;
  }

  ScriptedServer timePasses(long millis) {
    now += millis;
    client.timeout(now);
    poll();
    return this;
  }

  void poll() {
    ClientEvent event;
    while ((event = client.poll(now)) != null) {
      events.add(owned(event));
    }
  }

  /** What the client has told its owner since the last call. */
  List<ClientEvent> events() {
    poll();
    List<ClientEvent> taken = List.copyOf(events);
    events.clear();
    return taken;
  }

  /** The only event since the last call. */
  <E extends ClientEvent> E event(Class<E> type) {
    List<ClientEvent> all = events();
    if (all.size() != 1 || !type.isInstance(all.get(0))) {
      throw new AssertionError("not one " + type.getSimpleName() + " but " + all);
    }
    return type.cast(all.get(0));
  }

  /** What the client has sent since the last call. */
  List<MqttPacket> sent() {
    decoder.version(version);
    fromClient.add(Wire.drained(client.outbox()));
    List<MqttPacket> packets = new ArrayList<>();
    MqttPacket packet;
    while ((packet = decoder.next(fromClient)) != null) {
      packets.add(packet);
    }
    if (fromClient.readable() > 0) {
      throw new AssertionError(fromClient.readable() + " bytes left over");
    }
    return packets;
  }

  <P extends MqttPacket> P sent(Class<P> type) {
    List<MqttPacket> all = sent();
    if (all.size() != 1 || !type.isInstance(all.get(0))) {
      throw new AssertionError("not one " + type.getSimpleName() + " but " + all);
    }
    return type.cast(all.get(0));
  }

  int publish(String topic, QoS qos) {
    return publish(topic, "x", qos);
  }

  int publish(String topic, String payload, QoS qos) {
    return client.publish(
        TopicName.of(topic), Bytes.utf8(payload), qos, false, Properties.EMPTY, now);
  }

  static Publish message(String topic, QoS qos, int packetId) {
    return message(topic, qos, packetId, Properties.EMPTY);
  }

  static Publish message(String topic, QoS qos, int packetId, Properties properties) {
    TopicName name = topic.isEmpty() ? TopicName.EMPTY : TopicName.of(topic);
    return new Publish(name, Bytes.utf8("m"), qos, false, false, packetId, properties);
  }

  static ClientEvent owned(ClientEvent event) {
    if (!(event instanceof ClientEvent.MessageReceived received)) {
      return event;
    }
    return new ClientEvent.MessageReceived(Wire.owned(received.publish()));
  }
}
