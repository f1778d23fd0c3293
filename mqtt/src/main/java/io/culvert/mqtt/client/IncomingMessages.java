package io.culvert.mqtt.client;

import io.culvert.mqtt.session.AckQueue;
import io.culvert.mqtt.session.InboundAliases;
import io.culvert.mqtt.session.ReceivedIds;
import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubRel;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Statement;
import io.culvert.mqtt.wire.TopicName;
import java.util.Deque;

/**
 * Messages from the server to this client on one connection. A QoS 2 message belongs to the client
 * from its acknowledgement on: one that was handed out and not acknowledged when the connection
 * ended comes again, as at QoS 1.
 */
final class IncomingMessages {
  private final ClientSession session;
  private final Transmitter transmitter;
  private final Deque<ClientEvent> events;
  private final boolean automatic;
  private final int receiveMaximum;
  private final InboundAliases aliases;

  private final AckQueue acks = new AckQueue();
  private final ReceivedIds undecided = new ReceivedIds();
  private final ReceivedIds exchanging = new ReceivedIds();
  private int unfinished;

  IncomingMessages(
      ClientSession session,
      Transmitter transmitter,
      Deque<ClientEvent> events,
      ConnectOptions options) {
    Properties properties = options.connect().properties();
    this.session = session;
    this.transmitter = transmitter;
    this.events = events;
    this.automatic = options.automaticAcknowledgement();
    this.receiveMaximum = (int) properties.integer(Property.RECEIVE_MAXIMUM, 65_535);
    this.aliases =
        new InboundAliases(
            (int) properties.integer(Property.TOPIC_ALIAS_MAXIMUM, 0), Statement.MQTT5_3_3_2_11);
  }

  /** As many messages wait for the owner's acknowledgement as the client takes. */
  boolean isFull() {
    return acks.size() >= receiveMaximum;
  }

  void onPublish(Publish packet, long nowMillis) {
    Publish publish = named(packet);
    int id = publish.packetId();
    switch (publish.qos()) {
      case AT_MOST_ONCE -> events.add(new ClientEvent.MessageReceived(publish));
      case AT_LEAST_ONCE -> {
        countUp();
        hand(publish, nowMillis);
      }
      case EXACTLY_ONCE -> {
        if (undecided.contains(id) || acks.contains(id)) {
          return; // the PUBREC that is owed answers this one too
        }
        if (exchanging.add(id)) {
          countUp();
        }
        if (session.isRepetition(id, publish.dup())) {
          acks.add(id, true); // [MQTT5-4.3.3-10]
          acks.decide(id, ReasonCode.SUCCESS);
          sendReady(nowMillis);
        } else {
          undecided.add(id);
          hand(publish, nowMillis);
        }
      }
    }
  }

  /** The same PUBLISH with its Topic Name. */
  private Publish named(Publish publish) {
    TopicName topic = aliases.resolve(publish);
    if (!publish.topic().isEmpty()) {
      return publish;
    }
    return new Publish(
        topic,
        publish.payload(),
        publish.qos(),
        publish.retain(),
        publish.dup(),
        publish.packetId(),
        publish.properties());
  }

  void onPubRel(PubRel release, long nowMillis) {
    int id = release.packetId();
    if (undecided.contains(id)) {
      throw new MqttViolation(ReasonCode.PROTOCOL_ERROR, null, "PUBREL before PUBREC");
    }
    boolean known = session.released(id);
    if (exchanging.remove(id)) {
      unfinished--;
    }
    ReasonCode code = known ? ReasonCode.SUCCESS : ReasonCode.PACKET_IDENTIFIER_NOT_FOUND;
    transmitter.sendAck(PacketType.PUBCOMP, id, code, nowMillis); // [MQTT5-4.3.3-11]
  }

  /** Decides an acknowledgement; false when none is owed for this identifier. */
  boolean decide(int id, ReasonCode reasonCode, long nowMillis) {
    ReasonCode sayable = transmitter.version().isMqtt5() ? reasonCode : ReasonCode.SUCCESS;
    if (!acks.decide(id, sayable)) {
      return false;
    }
    if (undecided.remove(id) && !sayable.isError()) {
      session.received.add(id);
    }
    sendReady(nowMillis);
    return true;
  }

  private void hand(Publish publish, long nowMillis) {
    acks.add(publish.packetId(), publish.qos() == QoS.EXACTLY_ONCE);
    events.add(new ClientEvent.MessageReceived(publish));
    if (automatic) {
      decide(publish.packetId(), ReasonCode.SUCCESS, nowMillis);
    }
  }

  private void countUp() {
    if (unfinished >= receiveMaximum && transmitter.version().isMqtt5()) {
      throw new MqttViolation(
          ReasonCode.RECEIVE_MAXIMUM_EXCEEDED,
          Statement.MQTT5_3_3_4_9,
          "more than " + receiveMaximum + " messages are unacknowledged");
    }
    unfinished++;
  }

  /** PUBACK and PUBREC leave in order of arrival [MQTT5-4.6.0-2], [MQTT5-4.6.0-3]. */
  private void sendReady(long nowMillis) {
    while (acks.isReady()) {
      PacketType type = acks.type();
      int id = acks.packetId();
      ReasonCode reasonCode = acks.reasonCode();
      acks.remove();
      transmitter.sendAck(type, id, reasonCode, nowMillis);
      if (type == PacketType.PUBACK || (reasonCode.isError() && exchanging.remove(id))) {
        unfinished--;
      }
    }
  }
}
