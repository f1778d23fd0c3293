package io.culvert.mqtt.client;

import io.culvert.mqtt.client.ClientEvent.LostMessage;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.PubComp;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.PubRel;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Statement;
import io.culvert.mqtt.wire.SubAck;
import io.culvert.mqtt.wire.UnsubAck;
import java.util.Deque;
import java.util.List;

/** What exists from CONNACK to the end of a connection: messages both ways, and requests. */
final class Exchange {
  final ServerTerms terms;
  final OutgoingMessages outgoing;
  final IncomingMessages incoming;
  final Requests requests;

  private final ClientSession session;
  private final Deque<ClientEvent> events;
  private final ConnectOptions options;

  Exchange(
      ClientSession session,
      Transmitter transmitter,
      Deque<ClientEvent> events,
      ConnectOptions options,
      ServerTerms terms) {
    this.terms = terms;
    this.outgoing = new OutgoingMessages(session, transmitter, events, terms, options);
    this.incoming = new IncomingMessages(session, transmitter, events, options);
    this.requests = new Requests(session, transmitter, events, terms);
    this.session = session;
    this.events = events;
    this.options = options;
  }

  /** Resumes the session, or begins a new one. */
  void start(long nowMillis) {
    if (!terms.sessionPresent()) {
      List<LostMessage> lost = session.lose();
      if (!lost.isEmpty()) {
        events.add(new ClientEvent.SessionLost(lost));
      }
      if (!options.resubscribe()) {
        session.subscriptions().clear();
      }
    }
    int limit = Math.min(options.maximumInFlight(), terms.receiveMaximum()); // [MQTT5-3.3.4-7]
    outgoing.start(limit, nowMillis);
    requests.start(terms.sessionPresent(), nowMillis);
  }

  /** Handles a packet about messages or requests; false when it is about something else. */
  boolean handle(MqttPacket packet, long nowMillis) {
    if (packet instanceof Publish publish) {
      incoming.onPublish(publish, nowMillis);
    } else if (packet instanceof PubAck ack) {
      checkProblemInformation(options.connect(), ack.properties());
      outgoing.onPubAck(ack, nowMillis);
    } else if (packet instanceof PubRec ack) {
      checkProblemInformation(options.connect(), ack.properties());
      outgoing.onPubRec(ack, nowMillis);
    } else if (packet instanceof PubRel release) {
      checkProblemInformation(options.connect(), release.properties());
      incoming.onPubRel(release, nowMillis);
    } else if (packet instanceof PubComp ack) {
      checkProblemInformation(options.connect(), ack.properties());
      outgoing.onPubComp(ack, nowMillis);
    } else if (packet instanceof SubAck ack) {
      checkProblemInformation(options.connect(), ack.properties());
      requests.onSubAck(ack);
    } else if (packet instanceof UnsubAck ack) {
      checkProblemInformation(options.connect(), ack.properties());
      requests.onUnsubAck(ack);
    } else {
      return false;
    }
    return true;
  }

  /** Refuses what the client said it does not want to be told. */
  static void checkProblemInformation(Connect connect, Properties properties) {
    if (!properties.isEmpty()
        && (properties.has(Property.REASON_STRING) || properties.has(Property.USER_PROPERTY))
        && connect.properties().integer(Property.REQUEST_PROBLEM_INFORMATION, 1) == 0) {
      throw new MqttViolation(
          ReasonCode.PROTOCOL_ERROR,
          Statement.MQTT5_3_1_2_29,
          "problem information was not requested");
    }
  }
}
