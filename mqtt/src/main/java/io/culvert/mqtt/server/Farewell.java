package io.culvert.mqtt.server;

import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.ReasonCode;

/**
 * What a server that ends says to its clients, and to those who still come. MQTT 5 clients are told
 * where to go, if that is known (section 4.11); older ones are closed.
 *
 * @param ended of DISCONNECT
 * @param refused of CONNACK
 * @param serverReference empty if there is none
 */
record Farewell(ReasonCode ended, ReasonCode refused, String serverReference) {

  /**
   * @param permanently whether clients shall not come back
   */
  static Farewell of(String serverReference, boolean permanently) {
    if (permanently) {
      return new Farewell(ReasonCode.SERVER_MOVED, ReasonCode.SERVER_MOVED, serverReference);
    }
    return serverReference.isEmpty()
        ? new Farewell(ReasonCode.SERVER_SHUTTING_DOWN, ReasonCode.SERVER_UNAVAILABLE, "")
        : new Farewell(
            ReasonCode.USE_ANOTHER_SERVER, ReasonCode.USE_ANOTHER_SERVER, serverReference);
  }

  /** Ends a connection. */
  void say(ServerConnection connection) {
    connection.disconnect(
        ended, DisconnectCause.SERVER_DISCONNECT, properties(PacketType.DISCONNECT, ended));
  }

  /** Refuses a CONNECT. */
  void refuse(ServerConnection connection) {
    if (connection.version().isMqtt5()) {
      connection.rejectConnect(refused, properties(PacketType.CONNACK, refused));
    } else {
      connection.rejectConnect(ReasonCode.SERVER_UNAVAILABLE);
    }
  }

  private Properties properties(PacketType packet, ReasonCode code) {
    Properties why = Reasons.of(packet, code);
    return serverReference.isEmpty()
        ? why
        : Properties.builder().put(Property.SERVER_REFERENCE, serverReference).putAll(why).build();
  }
}
