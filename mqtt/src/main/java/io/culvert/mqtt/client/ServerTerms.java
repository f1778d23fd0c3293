package io.culvert.mqtt.client;

import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.QoS;
import org.jspecify.annotations.Nullable;

/**
 * What holds on a connection once CONNACK has come: the server's limits, and its answers to what
 * the client asked for. What CONNACK leaves out has the value that the standard gives it.
 *
 * @param sessionPresent the server had a session
 * @param keepAliveSeconds the server's, or else the client's; 0 turns it off
 * @param sessionExpirySeconds 4 294 967 295 is never
 * @param receiveMaximum how many QoS 1 and 2 messages the server takes at a time
 * @param topicAliasMaximum how many topic aliases the client may use
 */
public record ServerTerms(
    boolean sessionPresent,
    @Nullable String assignedClientId,
    int keepAliveSeconds,
    long sessionExpirySeconds,
    int receiveMaximum,
    QoS maximumQos,
    boolean retainAvailable,
    long maximumPacketSizeBytes,
    int topicAliasMaximum,
    boolean wildcardSubscriptionAvailable,
    boolean subscriptionIdentifiersAvailable,
    boolean sharedSubscriptionAvailable,
    @Nullable String responseInformation,
    @Nullable String serverReference,
    @Nullable String authenticationMethod) {
  /** The Session Expiry Interval of a session that never ends. */
  public static final long NEVER_SECONDS = 0xffff_ffffL;

  /** The largest packet that the wire format allows: 268 435 455 bytes behind the fixed header. */
  public static final long LARGEST_PACKET_BYTES = 268_435_460;

  static ServerTerms of(Connect connect, ConnAck connAck, boolean sessionPresent) {
    Properties p = connAck.properties();
    return new ServerTerms(
        sessionPresent,
        p.text(Property.ASSIGNED_CLIENT_IDENTIFIER),
        (int) p.integer(Property.SERVER_KEEP_ALIVE, connect.keepAliveSeconds()), // [MQTT5-3.2.2-21]
        p.integer(Property.SESSION_EXPIRY_INTERVAL, requestedExpirySeconds(connect)),
        (int) p.integer(Property.RECEIVE_MAXIMUM, 65_535),
        QoS.of((int) p.integer(Property.MAXIMUM_QOS, 2)),
        p.integer(Property.RETAIN_AVAILABLE, 1) == 1,
        p.integer(Property.MAXIMUM_PACKET_SIZE, LARGEST_PACKET_BYTES),
        (int) p.integer(Property.TOPIC_ALIAS_MAXIMUM, 0), // [MQTT5-3.2.2-18]
        p.integer(Property.WILDCARD_SUBSCRIPTION_AVAILABLE, 1) == 1,
        connect.version().isMqtt5()
            && p.integer(Property.SUBSCRIPTION_IDENTIFIERS_AVAILABLE, 1) == 1,
        p.integer(Property.SHARED_SUBSCRIPTION_AVAILABLE, 1) == 1,
        p.text(Property.RESPONSE_INFORMATION),
        p.text(Property.SERVER_REFERENCE),
        p.text(Property.AUTHENTICATION_METHOD));
  }

  static long requestedExpirySeconds(Connect connect) {
    if (connect.version().isMqtt5()) {
      return connect.properties().integer(Property.SESSION_EXPIRY_INTERVAL, 0);
    }
    return connect.cleanStart() ? 0 : NEVER_SECONDS; // [MQTT3-3.1.2-4]
  }
}
