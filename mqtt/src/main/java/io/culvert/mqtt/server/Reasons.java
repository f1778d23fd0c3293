package io.culvert.mqtt.server;

import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.ReasonCode;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a refusal of the broker means, in words for the person behind an MQTT 5 client: the Reason
 * String that goes with a reason code, where that does not say it all. Encoded once; whoever sends
 * one looks first whether the client wants it and has room for it.
 */
final class Reasons {
  /** What goes with SESSION_TAKEN_OVER when that happens again and again. */
  static final Properties FIGHT =
      Properties.builder()
          .put(
              Property.REASON_STRING,
              "another client with this Client Identifier connects again and again; each needs its"
                  + " own")
          .build();

  private static final Map<ReasonCode, Properties> CONNECT = new EnumMap<>(ReasonCode.class);
  private static final Map<ReasonCode, Properties> PUBLISH = new EnumMap<>(ReasonCode.class);
  private static final Map<ReasonCode, Properties> SUBSCRIBE = new EnumMap<>(ReasonCode.class);
  private static final Map<ReasonCode, Properties> END = new EnumMap<>(ReasonCode.class);

  static {
    say(CONNECT, ReasonCode.SERVER_UNAVAILABLE, "the server takes no connections now");
    say(CONNECT, ReasonCode.USE_ANOTHER_SERVER, "the server stops; it names where to go");
    say(CONNECT, ReasonCode.SERVER_MOVED, "this server ends for good; use another one");
    say(CONNECT, ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, "a Client Identifier is needed here");
    say(CONNECT, ReasonCode.BAD_USERNAME_OR_PASSWORD, "user name or password is wrong");
    say(CONNECT, ReasonCode.NOT_AUTHORIZED, "this client may not connect");
    say(CONNECT, ReasonCode.BANNED, "this client is banned");
    say(
        CONNECT,
        ReasonCode.QUOTA_EXCEEDED,
        "the server has no room for another session, or for so late a Will");
    say(CONNECT, ReasonCode.SERVER_BUSY, "too many clients connect at once; try again later");
    say(
        CONNECT,
        ReasonCode.CONNECTION_RATE_EXCEEDED,
        "clients with this Client Identifier take it from each other; each needs its own");
    say(CONNECT, ReasonCode.QOS_NOT_SUPPORTED, "the Will has a higher QoS than is offered here");
    say(CONNECT, ReasonCode.RETAIN_NOT_SUPPORTED, "the Will is retained, which is not offered");

    say(PUBLISH, ReasonCode.NOT_AUTHORIZED, "this client may not publish to this topic");
    say(PUBLISH, ReasonCode.TOPIC_NAME_INVALID, "the topic is too long or has too many levels");
    say(PUBLISH, ReasonCode.QUOTA_EXCEEDED, "there is no room for this message now");
    say(
        PUBLISH,
        ReasonCode.PACKET_IDENTIFIER_IN_USE,
        "a QoS 2 message with this Packet Identifier has not been released");

    say(
        SUBSCRIBE,
        ReasonCode.TOPIC_FILTER_INVALID,
        "a filter is not valid: + and # stand for whole levels, # for the last ones");
    say(SUBSCRIBE, ReasonCode.NOT_AUTHORIZED, "this client may not subscribe to a filter");
    say(
        SUBSCRIBE,
        ReasonCode.QUOTA_EXCEEDED,
        "no room for more subscriptions, too many filters at once, or a filter that is too long");

    say(END, ReasonCode.KEEP_ALIVE_TIMEOUT, "nothing came for one and a half times the Keep Alive");
    say(END, ReasonCode.SESSION_TAKEN_OVER, "another connection uses this Client Identifier now");
    say(END, ReasonCode.USE_ANOTHER_SERVER, "the server stops; it names where to go");
    say(END, ReasonCode.SERVER_MOVED, "this server ends for good; use another one");
    say(END, ReasonCode.ADMINISTRATIVE_ACTION, "an operator has ended this connection");
    say(END, ReasonCode.PACKET_TOO_LARGE, "the answer is larger than this client takes");
    say(END, ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR, "a mistake of the server, which logs it");
  }

  private Reasons() {}

  /** A Reason String for this code in this packet, or nothing. */
  static Properties of(PacketType packet, ReasonCode code) {
    return switch (packet) {
      case CONNACK -> CONNECT.getOrDefault(code, Properties.EMPTY);
      case PUBACK, PUBREC -> PUBLISH.getOrDefault(code, Properties.EMPTY);
      case SUBACK, UNSUBACK -> SUBSCRIBE.getOrDefault(code, Properties.EMPTY);
      case DISCONNECT -> END.getOrDefault(code, Properties.EMPTY);
      case CONNECT, PUBLISH, PUBREL, PUBCOMP, SUBSCRIBE, UNSUBSCRIBE, PINGREQ, PINGRESP, AUTH ->
          Properties.EMPTY;
    };
  }

  /** The same for the first of these codes that is a refusal. */
  static Properties of(PacketType packet, Iterable<ReasonCode> codes) {
    for (ReasonCode code : codes) {
      if (code.isError()) {
        return of(packet, code);
      }
    }
    return Properties.EMPTY;
  }

  private static void say(Map<ReasonCode, Properties> place, ReasonCode code, String text) {
    place.put(code, Properties.builder().put(Property.REASON_STRING, text).build());
  }
}
