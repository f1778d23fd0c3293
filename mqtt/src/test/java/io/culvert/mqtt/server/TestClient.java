package io.culvert.mqtt.server;

import static java.util.Objects.requireNonNull;

import io.culvert.engine.Bytes;
import io.culvert.engine.ReceiveBuffer;
import io.culvert.engine.testkit.EngineLink;
import io.culvert.engine.testkit.RawPeer;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttDecoder;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.SubAck;
import io.culvert.mqtt.wire.Wire;
import java.util.ArrayList;
import java.util.List;

/** A client that a test plays by hand, packet by packet. It answers nothing by itself. */
final class TestClient {
  final ServerConnection server;
  final EngineLink<Bytes, ServerEvent> link;
  final List<String> log = new ArrayList<>();

  private final BrokerHarness harness;
  private final RawPeer peer = new RawPeer();
  private final MqttDecoder decoder = new MqttDecoder(Long.MAX_VALUE);
  private final ReceiveBuffer in = new ReceiveBuffer();
  private final List<MqttPacket> received = new ArrayList<>();
  private final List<ServerEvent> events = new ArrayList<>();
  private MqttVersion version = MqttVersion.MQTT_5;

  TestClient(BrokerHarness harness) {
    this.harness = harness;
    this.server =
        harness.broker.open(
            harness.pool, () -> wake(), new WireNotes(log), harness.clock.nowMillis());
    this.link =
        new EngineLink<>(
            harness.clock,
            peer,
            bytes -> {},
            server,
            event -> {
              events.add(Packets.owned(event));
              harness.handle(server, event);
            });
    run();
  }

  private void wake() {
    link.right().wake().changed();
  }

  // ---- sending

  TestClient send(MqttPacket... packets) {
    for (MqttPacket packet : packets) {
      if (packet instanceof Connect connect) {
        speaks(connect.version());
      }
      peer.send(Wire.encode(packet, version));
    }
    return run();
  }

  TestClient sendHex(String hex) {
    return send(Bytes.hex(hex.replace(" ", "")));
  }

  TestClient send(Bytes bytes) {
    peer.send(bytes);
    return run();
  }

  /** Sends CONNECT, which must be accepted. */
  ConnAck connect(Connect connect) {
    send(connect);
    ConnAck connAck = take(ConnAck.class);
    if (connAck.reasonCode() != ReasonCode.SUCCESS) {
      throw new AssertionError("refused with " + connAck.reasonCode());
    }
    return connAck;
  }

  /** Subscribes; the subscription must be granted as it is asked for. */
  TestClient subscribe(String filter, QoS qos) {
    send(Packets.subscribe(1, filter, qos));
    SubAck subAck = take(SubAck.class);
    if (!subAck.reasonCodes().equals(List.of(ReasonCode.granted(qos)))) {
      throw new AssertionError("refused with " + subAck.reasonCodes());
    }
    return this;
  }

  TestClient publish(String topic, String payload) {
    return send(Packets.publish(topic, payload).build());
  }

  /** DISCONNECT as the client's version has it, and the end of the stream. */
  TestClient disconnect() {
    send(new Disconnect(ReasonCode.SUCCESS, Properties.EMPTY));
    return endStream();
  }

  TestClient endStream() {
    link.left().endStream();
    return run();
  }

  /** The network connection is lost; both sides are told. */
  TestClient lose() {
    link.reset();
    if (harness.broker.knows(server)
        && events.stream().noneMatch(ServerEvent.Disconnected.class::isInstance)) {
      // The engine awaits a decision and is not polled again: the driver's duty.
      harness.broker.disconnected(
          server, DisconnectCause.CONNECTION_LOST, harness.clock.nowMillis());
    }
    return run();
  }

  // ---- receiving

  /** All that has come since the last call. */
  List<MqttPacket> takeAll() {
    decode();
    List<MqttPacket> all = List.copyOf(received);
    received.clear();
    return all;
  }

  /** The bytes that have come since the last call, not decoded. */
  Bytes takeRaw() {
    return peer.takeReceived();
  }

  /** The one packet that has come since the last call. */
  <P extends MqttPacket> P take(Class<P> type) {
    List<MqttPacket> all = takeAll();
    if (all.size() != 1 || !type.isInstance(all.get(0))) {
      throw new AssertionError("not one " + type.getSimpleName() + " but " + all);
    }
    return type.cast(all.get(0));
  }

  /** The first packet that has come since the last call; those behind it stay. */
  <P extends MqttPacket> P takeFirst(Class<P> type) {
    decode();
    if (received.isEmpty() || !type.isInstance(received.get(0))) {
      throw new AssertionError("no " + type.getSimpleName() + " first in " + received);
    }
    return type.cast(received.remove(0));
  }

  /** The PUBLISH packets that have come since the last call; nothing else may have. */
  List<Publish> takePublishes() {
    return takeAll().stream().map(Publish.class::cast).toList();
  }

  /** The payloads of the PUBLISH packets that have come since the last call, as text. */
  List<String> takePayloads() {
    return takePublishes().stream().map(publish -> publish.payload().toUtf8()).toList();
  }

  Publish takePublish() {
    return take(Publish.class);
  }

  /** The server has closed the connection. */
  boolean isClosed() {
    return link.right().isClosed();
  }

  List<ServerEvent> events() {
    return events;
  }

  /** How the connection ended, as the server saw it. */
  ServerEvent.Disconnected end() {
    List<ServerEvent> all =
        events.stream().filter(ServerEvent.Disconnected.class::isInstance).toList();
    if (all.size() != 1 || events.get(events.size() - 1) != all.get(0)) {
      throw new AssertionError("not once Disconnected at the end of " + events);
    }
    return (ServerEvent.Disconnected) all.get(0);
  }

  Session session() {
    return requireNonNull(server.session());
  }

  MqttVersion version() {
    return version;
  }

  /** What this client's bytes mean from now on. */
  TestClient speaks(MqttVersion spoken) {
    version = spoken;
    decoder.version(spoken);
    return this;
  }

  /** The type of what came last, also if it could not be decoded. */
  PacketType lastType() {
    return decoder.lastType();
  }

  private void decode() {
    in.add(peer.takeReceived());
    MqttPacket packet;
    while ((packet = decoder.next(in)) != null) {
      received.add(Wire.owned(packet));
    }
    if (in.readable() > 0) {
      throw new AssertionError(in.readable() + " bytes left over");
    }
  }

  private TestClient run() {
    link.runUntilIdle();
    harness.run();
    return this;
  }
}
