package io.culvert.mqtt.server;

import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.QoS;

/**
 * What a client gets of what it asked for in CONNECT, within the server's limits.
 *
 * @param sessionExpirySeconds 0 ends the session with its connection; 4 294 967 295 is never
 * @param keepAliveSeconds 0 means no Keep Alive
 * @param receiveMaximum how many QoS 1 and 2 messages the client takes at a time
 */
record Grant(
    Connect connect,
    Limits limits,
    long sessionExpirySeconds,
    int keepAliveSeconds,
    int receiveMaximum) {

  static Grant of(Connect connect, Limits limits) {
    int receiveMaximum =
        (int) connect.properties().integer(Property.RECEIVE_MAXIMUM, 65_535); // [MQTT5-3.3.4-9]
    return new Grant(
        connect,
        limits,
        Math.min(requestedExpirySeconds(connect), limits.sessionExpirySeconds()),
        keepAlive(connect, limits),
        receiveMaximum);
  }

  /**
   * The properties of CONNACK: only what differs from what the client assumes without them.
   *
   * @param clientId the one in CONNECT, or the one that is assigned
   * @param maximumPacketSizeBytes of the client's connection
   */
  Properties properties(String clientId, long maximumPacketSizeBytes) {
    if (!connect.version().isMqtt5()) {
      return Properties.EMPTY;
    }
    Properties.Builder properties = Properties.builder();
    if (sessionExpirySeconds != requestedExpirySeconds(connect)) {
      properties.put(Property.SESSION_EXPIRY_INTERVAL, sessionExpirySeconds);
    }
    if (limits.receiveMaximum() < 65_535) {
      properties.put(Property.RECEIVE_MAXIMUM, limits.receiveMaximum());
    }
    if (limits.maximumQos() != QoS.EXACTLY_ONCE) {
      properties.put(Property.MAXIMUM_QOS, limits.maximumQos().value()); // [MQTT5-3.2.2-9]
    }
    putUnavailable(properties, Property.RETAIN_AVAILABLE, limits.retainAvailable());
    properties.put(Property.MAXIMUM_PACKET_SIZE, maximumPacketSizeBytes);
    if (connect.clientId().isEmpty()) {
      properties.put(Property.ASSIGNED_CLIENT_IDENTIFIER, clientId); // [MQTT5-3.2.2-16]
    }
    if (limits.topicAliasMaximum() > 0) {
      properties.put(Property.TOPIC_ALIAS_MAXIMUM, limits.topicAliasMaximum());
    }
    putUnavailable(
        properties, Property.WILDCARD_SUBSCRIPTION_AVAILABLE, limits.wildcardAvailable());
    putUnavailable(
        properties,
        Property.SUBSCRIPTION_IDENTIFIERS_AVAILABLE,
        limits.subscriptionIdentifiersAvailable());
    putUnavailable(properties, Property.SHARED_SUBSCRIPTION_AVAILABLE, limits.sharedAvailable());
    if (keepAliveSeconds != connect.keepAliveSeconds()) {
      properties.put(Property.SERVER_KEEP_ALIVE, keepAliveSeconds); // [MQTT5-3.1.2-21]
    }
    if (connect.properties().integer(Property.REQUEST_RESPONSE_INFORMATION, 0) == 1) {
      String information = ResponseInformation.of(limits, clientId);
      if (information != null) {
        properties.put(Property.RESPONSE_INFORMATION, information); // [MQTT5-3.1.2-28]
      }
    }
    return properties.build();
  }

  private static long requestedExpirySeconds(Connect connect) {
    if (connect.version().isMqtt5()) {
      return connect.properties().integer(Property.SESSION_EXPIRY_INTERVAL, 0);
    }
    return connect.cleanStart() ? 0 : Session.NEVER_SECONDS; // [MQTT3-3.1.2-6]
  }

  /** Before MQTT 5 a client cannot be told of another Keep Alive, so it has its own. */
  private static int keepAlive(Connect connect, Limits limits) {
    int wanted = connect.keepAliveSeconds();
    int longest = limits.keepAliveSeconds();
    if (longest == 0 || !connect.version().isMqtt5()) {
      return wanted;
    }
    // [MQTT5-3.2.2-22]
    return wanted == 0 ? longest : Math.min(wanted, longest);
  }

  private static void putUnavailable(
      Properties.Builder properties, Property property, boolean available) {
    if (!available) {
      properties.put(property, 0);
    }
  }
}
