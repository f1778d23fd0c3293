package io.culvert.mqtt.server;

/** How a connection ended; decides about the Will [MQTT5-3.1.2-8], [MQTT5-3.1.2-10]. */
public enum DisconnectCause {
  /** DISCONNECT with reason code 0x00: the Will is dropped [MQTT5-3.14.4-3]. */
  CLIENT_DISCONNECT,
  /** DISCONNECT with another reason code: the Will is published. */
  CLIENT_DISCONNECT_WITH_WILL,
  /** The network connection ended without DISCONNECT. */
  CONNECTION_LOST,
  /** Nothing came for one and a half times the Keep Alive [MQTT5-3.1.2-22]. */
  KEEP_ALIVE_TIMEOUT,
  /** No CONNECT came in time. */
  CONNECT_TIMEOUT,
  /** The client broke the protocol. */
  VIOLATION,
  /** The server refused the CONNECT. */
  REFUSED,
  /** A connected client could not prove again who it is [MQTT5-4.12.1-2]. */
  REAUTHENTICATION_FAILED,
  /** Another connection uses the Client Identifier now. */
  TAKEN_OVER,
  /** The server stops, an operator ended the connection, or the login is not valid any more. */
  SERVER_DISCONNECT
}
