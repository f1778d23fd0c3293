package io.culvert.mqtt.client;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.client.ClientSession.Waiting;
import io.culvert.mqtt.session.Delivery;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.session.OutboundWindow;
import io.culvert.mqtt.session.ReceivedIds;
import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.PubComp;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicName;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Messages from this client to the server on one connection: sends them as far as the window
 * allows, lets the others wait in the session, and ends their exchanges.
 */
final class OutgoingMessages {
  private static final int RELEASED_AT_ONCE = 16;

  private final ClientSession session;
  private final OutboundWindow window;
  private final Transmitter transmitter;
  private final Deque<ClientEvent> events;
  private final ServerTerms terms;
  private final boolean lowerQos;
  private final boolean automaticRelease;

  /** What the server is to let go of, whoever has left it, and has not confirmed yet. */
  private final ReceivedIds releasing = new ReceivedIds();

  /** QoS 1 messages that it has not taken because of that. */
  private final ReceivedIds refused = new ReceivedIds();

  /** What PUBREC has said that PUBCOMP does not repeat; most say nothing. */
  private final Map<Integer, ReasonCode> said = new HashMap<>();

  OutgoingMessages(
      ClientSession session,
      Transmitter transmitter,
      Deque<ClientEvent> events,
      ServerTerms terms,
      ConnectOptions options) {
    this.session = session;
    this.window = session.window;
    this.transmitter = transmitter;
    this.events = events;
    this.terms = terms;
    this.lowerQos = options.lowerQos();
    this.automaticRelease = options.automaticRelease();
    transmitter.topicAliasMaximum(options.topicAliases() ? terms.topicAliasMaximum() : 0);
  }

  /** Sends again what is unacknowledged, in its order, then what waits [MQTT5-4.4.0-1]. */
  void start(int receiveMaximum, long nowMillis) {
    window.resume(receiveMaximum);
    pump(nowMillis);
  }

  int publish(
      TopicName topic,
      Bytes payload,
      QoS wantedQos,
      boolean retain,
      Properties properties,
      long nowMillis) {
    return publish(Message.of(topic, payload, wantedQos, retain, properties, nowMillis), nowMillis);
  }

  int publish(Message message, long nowMillis) {
    TopicName topic = message.topic();
    QoS qos = lowerQos ? message.qos().min(terms.maximumQos()) : message.qos();
    Delivery delivery = Delivery.of(message, qos, message.retain());
    Refusal refusal = refusal(delivery, nowMillis);
    if (refusal != null) {
      throw new RefusedException(refusal, "PUBLISH to " + topic); // [MQTT5-3.2.2-11]
    }
    if (qos == QoS.AT_MOST_ONCE) {
      if (!transmitter.hasRoom()) {
        throw new RefusedException(Refusal.QUEUE_FULL, "the network is slower than the owner");
      }
      send(delivery, 0, nowMillis); // [MQTT5-4.9.0-3]: never behind a full window
      return 0;
    }
    if (!window.hasFreeId()) {
      throw new RefusedException(Refusal.NO_PACKET_IDENTIFIER, "PUBLISH to " + topic);
    }
    if (hasRoom() && (qos == QoS.AT_LEAST_ONCE || session.knowsAll())) {
      int packetId = window.open(delivery);
      send(delivery, packetId, nowMillis);
      return packetId;
    }
    if (session.queue.size() >= session.queueLimit()) {
      throw new RefusedException(
          Refusal.QUEUE_FULL, session.queue.size() + " messages wait already");
    }
    int packetId = window.reserve();
    session.queue.add(new Waiting(packetId, delivery)); // [MQTT5-4.9.0-2]
    pump(nowMillis);
    return packetId;
  }

  /** The next message of QoS 1 or 2 would be sent at once. */
  boolean hasRoom() {
    return window.hasQuota()
        && window.hasFreeId()
        && session.queue.isEmpty()
        && transmitter.hasRoom();
  }

  /** Sends what waits, as far as window and outbox have room. */
  void pump(long nowMillis) {
    int id;
    while (transmitter.hasRoom() && (id = window.nextToResend()) != 0) {
      sendAgain(id, nowMillis);
    }
    while (!session.queue.isEmpty() && window.hasQuota() && transmitter.hasRoom()) {
      if (waitsForRelease(session.queue.element(), nowMillis)) {
        return;
      }
      Waiting waiting = session.queue.remove();
      Delivery delivery = waiting.delivery();
      boolean expired = delivery.message().isExpired(nowMillis);
      Refusal refusal = expired ? Refusal.EXPIRED : refusal(delivery, nowMillis);
      if (refusal == null) {
        window.openReserved(waiting.packetId(), delivery);
        send(delivery, waiting.packetId(), nowMillis);
      } else {
        window.giveBack(waiting.packetId());
        drop(waiting.packetId(), refusal, delivery);
      }
    }
  }

  void onPubAck(PubAck ack, long nowMillis) {
    int id = ack.packetId();
    Delivery delivery = window.published(id);
    if (delivery == null) {
      return; // an exchange that has ended already
    }
    expect(delivery.qos() == QoS.AT_LEAST_ONCE, "PUBACK for a QoS 2 message");
    if (ack.reasonCode() == ReasonCode.PACKET_IDENTIFIER_IN_USE && session.mayBeTaken(id)) {
      boolean unused = refused.add(id);
      letGo(id, nowMillis);
      return;
    }
    end(id, ack.reasonCode(), ack.properties(), nowMillis);
  }

  void onPubRec(PubRec ack, long nowMillis) {
    int id = ack.packetId();
    Delivery delivery = window.published(id);
    if (delivery == null) {
      boolean released = window.isReleased(id);
      sendPubRel(
          id, released ? ReasonCode.SUCCESS : ReasonCode.PACKET_IDENTIFIER_NOT_FOUND, nowMillis);
      return;
    }
    expect(delivery.qos() == QoS.EXACTLY_ONCE, "PUBREC for a QoS 1 message");
    if (ack.reasonCode().isError()) {
      end(id, ack.reasonCode(), ack.properties(), nowMillis); // [MQTT5-4.4.0-2]
      return;
    }
    if (ack.reasonCode() != ReasonCode.SUCCESS) {
      said.put(id, ack.reasonCode());
    }
    if (automaticRelease) {
      release(id, nowMillis);
    } else {
      events.add(new ClientEvent.Received(id));
    }
  }

  /** Answers PUBREC; false when none has come for this identifier, or it is answered. */
  boolean release(int id, long nowMillis) {
    Delivery delivery = window.published(id);
    if (delivery == null || delivery.qos() != QoS.EXACTLY_ONCE) {
      return false;
    }
    window.release(id);
    sendPubRel(id, ReasonCode.SUCCESS, nowMillis); // [MQTT5-4.3.3-4]
    return true;
  }

  void onPubComp(PubComp ack, long nowMillis) {
    int id = ack.packetId();
    if (releasing.remove(id)) {
      session.becomesFree(id);
      Delivery delivery = refused.remove(id) ? window.published(id) : null;
      if (delivery != null) {
        send(delivery, id, nowMillis);
      }
      pump(nowMillis);
      return;
    }
    expect(window.published(id) == null, "PUBCOMP before PUBREC");
    if (window.isReleased(id)) {
      ReasonCode before = said.remove(id);
      boolean adds = before != null && ack.reasonCode() == ReasonCode.SUCCESS;
      end(id, adds ? before : ack.reasonCode(), ack.properties(), nowMillis);
    }
  }

  private void end(int id, ReasonCode reasonCode, Properties properties, long nowMillis) {
    window.close(id);
    events.add(new ClientEvent.Acknowledged(id, reasonCode, properties));
    pump(nowMillis);
  }

  /** Whether it waits until the server has let go of what it may have under its identifier. */
  private boolean waitsForRelease(Waiting next, long nowMillis) {
    int id = next.packetId();
    if (next.delivery().qos() != QoS.EXACTLY_ONCE || !session.mayBeTaken(id)) {
      return false;
    }
    int last = Math.min(id + RELEASED_AT_ONCE - 1, OutboundWindow.MAXIMUM_CAPACITY);
    if (!releasing.contains(id)) {
      for (int each = id; each <= last; each++) { // those that follow are the next to be used
        if (session.mayBeTaken(each)) {
          letGo(each, nowMillis);
        }
      }
    }
    return true;
  }

  private void letGo(int id, long nowMillis) {
    if (releasing.add(id)) {
      sendPubRel(id, ReasonCode.SUCCESS, nowMillis);
    }
  }

  private void sendAgain(int id, long nowMillis) {
    Delivery delivery = window.published(id);
    if (delivery == null) {
      sendPubRel(id, ReasonCode.SUCCESS, nowMillis);
      return;
    }
    Refusal refusal = refusal(delivery, nowMillis);
    if (refusal == null) {
      transmitter.sendPublish(delivery, id, true, nowMillis); // [MQTT5-3.3.1-1], [MQTT5-4.3.3-7]
    } else {
      window.close(id);
      drop(id, refusal, delivery);
    }
  }

  private void send(Delivery delivery, int packetId, long nowMillis) {
    transmitter.sendPublish(delivery, packetId, false, nowMillis);
  }

  private void sendPubRel(int id, ReasonCode reasonCode, long nowMillis) {
    transmitter.sendAck(PacketType.PUBREL, id, reasonCode, nowMillis);
  }

  private void drop(int id, Refusal refusal, Delivery delivery) {
    events.add(new ClientEvent.PublishDropped(id, refusal, delivery.message()));
  }

  /** Why the server would not take this, or null. */
  private @Nullable Refusal refusal(Delivery delivery, long nowMillis) {
    if (delivery.qos().compareTo(terms.maximumQos()) > 0) {
      return Refusal.QOS_NOT_SUPPORTED;
    }
    if (delivery.retain() && !terms.retainAvailable()) {
      return Refusal.RETAIN_NOT_SUPPORTED; // [MQTT5-3.2.2-14]
    }
    return transmitter.fits(delivery, nowMillis) ? null : Refusal.PACKET_TOO_LARGE;
  }

  private static void expect(boolean condition, String otherwise) {
    if (!condition) {
      throw new MqttViolation(ReasonCode.PROTOCOL_ERROR, null, otherwise);
    }
  }
}
