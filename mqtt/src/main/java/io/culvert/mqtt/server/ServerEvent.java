package io.culvert.mqtt.server;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.mqtt.wire.Unsubscribe;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a {@link ServerConnection} asks or tells its owner. */
public sealed interface ServerEvent {
  /** Awaits {@link Broker#connect} or {@link ServerConnection#rejectConnect}. */
  record ConnectRequested(Connect connect) implements ServerEvent {}

  /**
   * A CONNECT that names an Authentication Method comes as this instead. Awaits {@link
   * ServerConnection#continueAuth}; or {@link ServerConnection#acceptAuth} and, directly behind it,
   * {@link Broker#connect}; or {@link ServerConnection#rejectAuth}.
   *
   * @param data of the method, if CONNECT had any
   */
  record AuthRequested(Connect connect, String method, @Nullable Bytes data)
      implements ServerEvent {}

  /**
   * The client has answered {@link ServerConnection#continueAuth}. Awaits the same decisions as the
   * event that began the exchange.
   *
   * @param data of the method, if AUTH had any
   */
  record AuthContinued(@Nullable Bytes data) implements ServerEvent {}

  /**
   * A connected client authenticates again, by the method of its CONNECT. Awaits {@link
   * ServerConnection#continueAuth}, {@link ServerConnection#acceptAuth} or {@link
   * ServerConnection#rejectAuth}.
   *
   * @param data of the method, if AUTH had any
   */
  record ReauthRequested(String method, @Nullable Bytes data) implements ServerEvent {}

  /**
   * Awaits {@link ServerConnection#acceptSubscribe}.
   *
   * @param identifier the Subscription Identifier of all these, or 0 for none
   */
  record SubscribeRequested(int packetId, int identifier, List<SubscriptionRequest> requests)
      implements ServerEvent {
    public SubscribeRequested {
      requests = List.copyOf(requests);
    }
  }

  /** Awaits {@link ServerConnection#acceptUnsubscribe}. */
  record UnsubscribeRequested(Unsubscribe unsubscribe) implements ServerEvent {}

  /**
   * A message has come; at QoS 1 and 2 {@link ServerConnection#acceptPublish} answers it, at any
   * time. Topic, payload and properties are borrowed until the next poll.
   *
   * @param topic the Topic Name, also where the packet had only its alias
   */
  record Published(Publish publish, TopicName topic) implements ServerEvent {}

  /**
   * The connection has ended; comes once, as the last event.
   *
   * @param packet the client's DISCONNECT, if it sent one
   * @param violation what the client did wrong, if that was the cause
   */
  record Disconnected(
      DisconnectCause cause, @Nullable Disconnect packet, @Nullable MqttViolation violation)
      implements ServerEvent {}
}
