package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.SubAck;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The reference model of a client that follows the standard to the letter, with a session that
 * outlives its connections. Written for itself, so that it shares no error with the code under
 * test. It checks by itself what the server may never do.
 */
final class ModelClient {
  static final int RECEIVE_MAXIMUM = 4;

  final List<Publish> delivered = new ArrayList<>();

  private final BrokerHarness harness;
  private final String clientId;
  private final MqttVersion version;
  private final Map<Integer, Outgoing> outgoing = new LinkedHashMap<>();
  private final Map<Integer, Publish> incoming = new TreeMap<>();
  private TestClient connection;
  private boolean connected;
  private boolean hadSession;
  private boolean subscribed;
  private int unfinishedOnThisConnection;
  private int nextId = 1;

  ModelClient(BrokerHarness harness, String clientId, MqttVersion version) {
    this.harness = harness;
    this.clientId = clientId;
    this.version = version;
  }

  boolean isFinished() {
    return outgoing.isEmpty() && incoming.isEmpty();
  }

  /** Connects, also where it is connected: that is a take-over. Sends again what is open. */
  void connect() {
    connect(false);
  }

  /** Connects with Clean Start: it has no session any more, and then a new one. */
  void connectCleanly() {
    outgoing.clear();
    incoming.clear();
    connect(true);
  }

  private void connect(boolean cleanStart) {
    TestClient older = connection;
    connection = harness.open();
    unfinishedOnThisConnection = 0;
    ConnectBuilder connect = Packets.connect(clientId).version(version).cleanStart(cleanStart);
    if (version.isMqtt5()) {
      connect.expirySeconds(3600).with(Property.RECEIVE_MAXIMUM, RECEIVE_MAXIMUM);
    }
    Connect packet = connect.build();
    connected = false;
    hadSession = hadSession && !cleanStart;
    connection.send(packet);
    step();
    if (older != null && isConnected()) {
      assertThat(older.isClosed()).isTrue();
    } else if (older != null && !older.isClosed()) {
      older.lose(); // it was refused, or is not decided on yet
    }
  }

  private void onConnAck(ConnAck connAck) {
    if (connAck.reasonCode() != ReasonCode.SUCCESS) {
      connection = null; // a full disk, perhaps: later again
      return;
    }
    if (hadSession && version != MqttVersion.MQTT_3_1) { // which cannot say it
      assertThat(connAck.sessionPresent()).as("session of " + clientId).isTrue();
    }
    hadSession = true;
    connected = true;
    List.copyOf(outgoing.values()).forEach(this::sendAgain);
  }

  /** CONNACK has come on the connection that it has. */
  boolean isConnected() {
    return connection != null && connected && !connection.isClosed();
  }

  /** It has no connection, and asks for none. */
  boolean isAway() {
    return connection == null || connection.isClosed();
  }

  /** SUBACK has come. */
  boolean isSubscribed() {
    return subscribed;
  }

  /** The server has gone: nothing more comes, and nothing can be sent. */
  void serverCrashed() {
    if (connection != null) {
      step(); // what it had sent arrives
      connection = null;
    }
  }

  private void sendAgain(Outgoing open) {
    Publish p = open.publish;
    if (open.released) {
      connection.send(Packets.pubRel(p.packetId()));
    } else {
      boolean dup = open.sent;
      open.refused = false;
      open.sent = true;
      connection.send(
          new Publish(
              p.topic(), p.payload(), p.qos(), p.retain(), dup, p.packetId(), p.properties()));
    }
  }

  void lose() {
    if (connection != null) {
      connection.lose();
      connection.takeRaw();
      connection = null;
    }
  }

  /** From now on bytes go nowhere, until the connection is lost. */
  void cut() {
    if (connection != null) {
      connection.link.cut();
    }
  }

  void publish(String topic, String payload, QoS qos) {
    if (qos == QoS.AT_MOST_ONCE) {
      if (isConnected()) {
        connection.publish(topic, payload);
      }
      return;
    }
    while (outgoing.containsKey(nextId)) {
      nextId++;
    }
    Outgoing open = new Outgoing(Packets.publish(nextId, topic, payload, qos));
    outgoing.put(nextId++, open);
    if (isConnected()) {
      sendAgain(open);
    }
  }

  void subscribe(String filter, QoS qos) {
    connection.subscribe(filter, qos);
  }

  /** Sends a request if it is connected; the answer comes with a step, or is lost. */
  void request(MqttPacket request) {
    if (connection != null) {
      connection.send(request);
    }
  }

  /** Handles what has come; false when there was nothing. */
  boolean step() {
    if (connection == null) {
      return false;
    }
    List<MqttPacket> packets = connection.takeAll();
    packets.forEach(this::handle);
    return !packets.isEmpty();
  }

  private void handle(MqttPacket packet) {
    int id = packet.packetId();
    switch (packet.type()) {
      case CONNACK -> onConnAck((ConnAck) packet);
      case PUBLISH -> onPublish((Publish) packet);
      case PUBACK -> onPubAck((PubAck) packet);
      case PUBREC -> {
        Outgoing open = outgoing.get(id);
        if (((PubRec) packet).reasonCode().isError()) {
          if (open != null) {
            open.refused();
          }
          return;
        }
        if (open != null) {
          open.released = true;
        }
        connection.send(Packets.pubRel(id));
      }
      case PUBCOMP -> outgoing.remove(id);
      case PUBREL -> {
        incoming.remove(id);
        finish();
        connection.send(Packets.pubComp(id));
      }
      case SUBACK ->
          subscribed = ((SubAck) packet).reasonCodes().stream().noneMatch(ReasonCode::isError);
      case UNSUBACK -> {}
      case DISCONNECT -> throw new AssertionError("server sent " + ((Disconnect) packet));
      default -> throw new AssertionError("unexpected " + packet);
    }
  }

  /** One that was refused is tried again, on the next connection. */
  private void onPubAck(PubAck pubAck) {
    if (pubAck.reasonCode().isError()) {
      outgoing.get(pubAck.packetId()).refused();
    } else {
      outgoing.remove(pubAck.packetId());
    }
  }

  /** Sends those again that were refused. */
  void sendRefused() {
    if (isConnected()) {
      List.copyOf(outgoing.values()).stream().filter(open -> open.refused).forEach(this::sendAgain);
    }
  }

  private void onPublish(Publish publish) {
    if (publish.qos() == QoS.AT_MOST_ONCE) {
      delivered.add(publish);
      return;
    }
    unfinishedOnThisConnection++;
    if (version.isMqtt5()) {
      assertThat(unfinishedOnThisConnection).isLessThanOrEqualTo(RECEIVE_MAXIMUM);
    }
    Publish open = incoming.get(publish.packetId());
    if (open != null) { // its identifier is in flight: only a repetition may have it
      assertThat(publish.dup()).isTrue();
      assertThat(publish.payload()).isEqualTo(open.payload());
    }
    if (publish.qos() == QoS.AT_LEAST_ONCE) {
      delivered.add(publish);
      finish();
      connection.send(Packets.pubAck(publish.packetId()));
    } else {
      if (open == null) {
        delivered.add(publish);
        incoming.put(publish.packetId(), publish);
      }
      connection.send(Packets.pubRec(publish.packetId()));
    }
  }

  private void finish() {
    unfinishedOnThisConnection = Math.max(0, unfinishedOnThisConnection - 1);
  }

  /** A message of its own whose exchange is not finished. */
  private static final class Outgoing {
    private final Publish publish;
    private boolean sent;
    private boolean released;
    private boolean refused;

    private void refused() {
      refused = true;
      sent = false;
    }

    private Outgoing(Publish publish) {
      this.publish = publish;
    }
  }
}
