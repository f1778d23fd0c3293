package io.culvert.mqtt.client;

import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Subscribe;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a {@link ClientConnection} tells its owner. Before MQTT 5 all properties are empty. */
public sealed interface ClientEvent {
  /** The server has accepted the CONNECT. Its limits are in {@link ClientConnection#terms()}. */
  record Connected(boolean sessionPresent, Properties properties) implements ClientEvent {}

  /** The server has refused the CONNECT; {@link Disconnected} follows. */
  record ConnectRefused(ReasonCode reasonCode, Properties properties) implements ClientEvent {}

  /**
   * The server had no session any more, so these messages are not sent again. Whoever wants them
   * delivered publishes them anew; one that was past PUBREC may have arrived.
   */
  record SessionLost(List<LostMessage> messages) implements ClientEvent {
    public SessionLost {
      messages = List.copyOf(messages);
    }
  }

  /**
   * A message that was sent, not acknowledged, and is forgotten.
   *
   * @param message null when the server had received it, so only its release was open
   */
  record LostMessage(int packetId, @Nullable Message message) {}

  /**
   * A message has come. At QoS 1 and 2 without automatic acknowledgement {@link
   * ClientConnection#acknowledge} answers it, at any time on this connection. Topic, payload and
   * properties are borrowed until the next poll or receive.
   *
   * @param publish the packet; its topic is the Topic Name also where only an alias came
   */
  record MessageReceived(Publish publish) implements ClientEvent {}

  /**
   * The exchange of a published message has ended: PUBACK, PUBCOMP, or PUBREC with an error.
   *
   * @param reasonCode below 0x80 when the server has it; where PUBREC says more than PUBCOMP, for
   *     example that nobody has subscribed, that of PUBREC
   */
  record Acknowledged(int packetId, ReasonCode reasonCode, Properties properties)
      implements ClientEvent {}

  /**
   * PUBREC has come, and there is no automatic release: {@link ClientConnection#release} answers
   * it. What is not released when the connection ends is published again.
   */
  record Received(int packetId) implements ClientEvent {}

  /** The network has taken so much that a message of QoS 0 fits again. */
  record RoomAgain() implements ClientEvent {}

  /** A message that waited, or was to be sent again, cannot be sent on this connection. */
  record PublishDropped(int packetId, Refusal refusal, Message message) implements ClientEvent {}

  /**
   * SUBACK, with one reason code for each entry, in their order.
   *
   * @param packetId what {@code subscribe} returned; 0 when an entry could not be subscribed again
   * @param automatic the client subscribed again by itself after the session was lost
   */
  record Subscribed(
      int packetId,
      List<Subscribe.Entry> entries,
      List<ReasonCode> reasonCodes,
      Properties properties,
      boolean automatic)
      implements ClientEvent {
    public Subscribed {
      entries = List.copyOf(entries);
      reasonCodes = List.copyOf(reasonCodes);
    }
  }

  /** UNSUBACK, with one reason code for each filter, in their order. */
  record Unsubscribed(
      int packetId, List<String> filters, List<ReasonCode> reasonCodes, Properties properties)
      implements ClientEvent {
    public Unsubscribed {
      filters = List.copyOf(filters);
      reasonCodes = List.copyOf(reasonCodes);
    }
  }

  /**
   * AUTH: to be answered with {@link ClientConnection#auth} when the reason code is 0x18; with 0x00
   * a re-authentication has succeeded.
   */
  record AuthReceived(ReasonCode reasonCode, Properties properties) implements ClientEvent {}

  /** PINGRESP to a {@link ClientConnection#ping} of the owner. */
  record PingAnswered(long roundTripMillis) implements ClientEvent {}

  /**
   * The connection has ended; comes once, as the last event.
   *
   * @param reasonCode of the DISCONNECT or CONNACK, or that of the violation
   * @param properties of the server's DISCONNECT or CONNACK, for example a Server Reference
   * @param violation what the server did wrong, if that was the cause
   */
  record Disconnected(
      DisconnectCause cause,
      ReasonCode reasonCode,
      Properties properties,
      @Nullable MqttViolation violation)
      implements ClientEvent {}
}
