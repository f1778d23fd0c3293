package io.culvert.mqtt.server;

import io.culvert.engine.Wake;
import io.culvert.mqtt.session.AckQueue;
import io.culvert.mqtt.session.InboundAliases;
import io.culvert.mqtt.session.PacketSender;
import io.culvert.mqtt.session.ReceivedIds;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Statement;
import io.culvert.mqtt.wire.TopicName;
import org.jspecify.annotations.Nullable;

/**
 * Messages from one client on one connection: their topics, which of them are repetitions, how many
 * are unfinished, and their acknowledgements, which leave in order of arrival.
 */
final class IncomingMessages {
  private final Session session;
  private final Limits limits;
  private final PacketSender sender;
  private final Ledger ledger;
  private final Wake wake;
  private final InboundAliases aliases;
  private final AckQueue acks = new AckQueue();
  private final ReceivedIds exchanging = new ReceivedIds();
  private int unfinished;
  private boolean hasEnded;

  IncomingMessages(Session session, Limits limits, PacketSender sender, Ledger ledger, Wake wake) {
    this.session = session;
    this.limits = limits;
    this.sender = sender;
    this.ledger = ledger;
    this.wake = wake;
    this.aliases = new InboundAliases(limits.topicAliasMaximum(), Statement.MQTT5_3_3_2_9);
  }

  /** Roughly what it holds of memory beside messages. */
  int heldBytes() {
    return aliases.heldBytes();
  }

  /** Before MQTT 5 nothing else holds a client back whose messages are decided on slowly. */
  boolean isFull() {
    return acks.size() >= limits.receiveMaximum() && !sender.version().isMqtt5();
  }

  /** The event of a new message; null for a repetition. */
  @Nullable ServerEvent onPublish(Publish publish) {
    checkOffered(publish);
    TopicName topic = topicOf(publish);
    QoS qos = publish.qos();
    if (qos == QoS.AT_MOST_ONCE) {
      return new ServerEvent.Published(publish, topic);
    }
    int packetId = publish.packetId();
    boolean exactlyOnce = qos == QoS.EXACTLY_ONCE;
    if (session.received().contains(packetId) && !(qos == QoS.AT_LEAST_ONCE && forgets(packetId))) {
      onIdInUse(packetId, exactlyOnce);
      return null;
    }
    if (exactlyOnce) {
      countExchange(packetId);
      session.received().add(packetId);
    } else {
      countUp();
    }
    acks.add(packetId, exactlyOnce);
    return new ServerEvent.Published(publish, topic);
  }

  /** PUBREL: the identifier is free [MQTT5-4.3.3-12]. */
  void onPubRel(int packetId, long nowMillis) {
    if (acks.owesPubRec(packetId)) {
      throw new MqttViolation(
          ReasonCode.PROTOCOL_ERROR, Statement.MQTT5_4_3_3_4, "PUBREL before PUBREC");
    }
    boolean known = forgetReceived(packetId);
    if (exchanging.remove(packetId)) {
      unfinished--;
    }
    ReasonCode reasonCode = known ? ReasonCode.SUCCESS : ReasonCode.PACKET_IDENTIFIER_NOT_FOUND;
    if (known && session.records() != null) {
      ledger.whenStored(now -> complete(packetId), nowMillis);
    } else {
      sender.sendAck(PacketType.PUBCOMP, packetId, reasonCode); // [MQTT5-4.3.3-11]
    }
  }

  private void complete(int packetId) {
    if (!hasEnded) {
      sender.sendAck(PacketType.PUBCOMP, packetId, ReasonCode.SUCCESS); // [MQTT5-4.3.3-11]
      wake.changed();
    }
  }

  /** Decides what PUBACK or PUBREC says; false when none is owed for this identifier. */
  boolean decide(int packetId, ReasonCode reasonCode) {
    if (!acks.decide(packetId, reasonCode)) {
      return false;
    }
    sendReady();
    return true;
  }

  /**
   * The connection has ended: the session remembers what is not decided yet.
   *
   * @return the identifiers of QoS 2 messages on which a decision is still to come
   */
  ReceivedIds end() {
    hasEnded = true;
    ReceivedIds undecided = new ReceivedIds();
    acks.forEachUndecidedPubRec(
        packetId -> {
          session.lateDecisions().add(packetId);
          boolean unused = undecided.add(packetId);
        });
    acks.forEachRefusedPubRec(session.received()::remove); // the next one is not a repetition
    acks.clear();
    return undecided;
  }

  /** The identifier belongs to a QoS 2 message that the client has not released. */
  private void onIdInUse(int packetId, boolean exactlyOnce) {
    if (exactlyOnce) {
      if (acks.contains(packetId)) {
        return; // its PUBREC is yet to come and answers both
      }
      countExchange(packetId);
      if (session.isUndecided(packetId)) {
        acks.add(packetId, true);
      } else {
        acks.addDecided(packetId, true, ReasonCode.SUCCESS); // [MQTT5-4.3.3-10]
      }
    } else if (sender.version().isMqtt5()) {
      countUp();
      acks.addDecided(packetId, false, ReasonCode.PACKET_IDENTIFIER_IN_USE);
    } else { // whose PUBACK could not say that the message is not taken
      throw new MqttViolation(
          ReasonCode.PROTOCOL_ERROR,
          Statement.MQTT3_2_3_1_2,
          "packet identifier " + packetId + " is in use");
    }
    sendReady();
  }

  /**
   * Before MQTT 5 a refusal of a QoS 1 message cannot be told. Where its identifier is that of a
   * QoS 2 message of an earlier connection, which the client has not gone on with, it has forgotten
   * that one: so does its session.
   */
  private boolean forgets(int packetId) {
    if (sender.version().isMqtt5()
        || exchanging.contains(packetId)
        || session.isUndecided(packetId)) {
      return false;
    }
    forgetReceived(packetId);
    return true;
  }

  private boolean forgetReceived(int packetId) {
    boolean known = session.received().remove(packetId);
    SessionRecords records = session.records();
    if (known && records != null) {
      records.notReceived(packetId); // or the next message of this identifier might seem old
    }
    return known;
  }

  /** Each exchange of QoS 2 counts once on a connection, however often its PUBLISH comes. */
  private void countExchange(int packetId) {
    if (!exchanging.contains(packetId)) {
      countUp();
      exchanging.add(packetId);
    }
  }

  private void countUp() {
    if (unfinished >= limits.receiveMaximum() && sender.version().isMqtt5()) {
      throw new MqttViolation(
          ReasonCode.RECEIVE_MAXIMUM_EXCEEDED,
          Statement.MQTT5_3_3_4_7,
          "more than " + limits.receiveMaximum() + " messages are unfinished");
    }
    unfinished++;
  }

  /** PUBACK and PUBREC leave in order of arrival [MQTT5-4.6.0-2], [MQTT5-4.6.0-3]. */
  private void sendReady() {
    while (acks.isReady()) {
      PacketType type = acks.type();
      ReasonCode reasonCode = acks.reasonCode();
      int packetId = acks.packetId();
      acks.remove();
      send(type, packetId, reasonCode); // [MQTT5-4.3.2-4], [MQTT5-4.3.3-8]
      if (type == PacketType.PUBACK) {
        unfinished--;
      } else if (reasonCode.isError()) { // [MQTT5-4.3.3-9]
        session.received().remove(packetId);
        if (exchanging.remove(packetId)) {
          unfinished--;
        }
      }
    }
  }

  /** A refusal says why, if the client wants to know and takes a packet of that size. */
  private void send(PacketType type, int packetId, ReasonCode reasonCode) {
    if (reasonCode.isError() && sender.mayExplain()) {
      Properties why = Reasons.of(type, reasonCode);
      MqttPacket packet =
          type == PacketType.PUBACK
              ? new PubAck(packetId, reasonCode, why)
              : new PubRec(packetId, reasonCode, why);
      if (sender.fits(packet)) { // [MQTT5-3.4.2-2], [MQTT5-3.5.2-2]
        sender.send(packet);
        return;
      }
    }
    sender.sendAck(type, packetId, reasonCode);
  }

  private void checkOffered(Publish publish) {
    if (publish.qos().compareTo(limits.maximumQos()) > 0) {
      throw new MqttViolation(
          ReasonCode.QOS_NOT_SUPPORTED,
          Statement.MQTT5_3_2_2_11,
          publish.qos() + " is not supported here");
    }
    if (publish.retain() && !limits.retainAvailable()) {
      throw new MqttViolation(
          ReasonCode.RETAIN_NOT_SUPPORTED,
          Statement.MQTT5_3_2_2_14,
          "RETAIN is not supported here");
    }
    if (publish.properties().has(Property.SUBSCRIPTION_IDENTIFIER)) {
      throw new MqttViolation(
          ReasonCode.PROTOCOL_ERROR,
          Statement.MQTT5_3_3_4_6,
          "Subscription Identifier from a client");
    }
  }

  private TopicName topicOf(Publish publish) {
    Properties properties = publish.properties();
    if (properties.isEmpty()) {
      return publish.topic();
    }
    String responseTopic = properties.text(Property.RESPONSE_TOPIC);
    if (responseTopic != null) {
      TopicName.of(responseTopic); // throws for a wildcard [MQTT5-3.3.2-14]
    }
    return aliases.resolve(publish);
  }
}
