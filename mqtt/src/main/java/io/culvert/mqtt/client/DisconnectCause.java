package io.culvert.mqtt.client;

/** How a client's connection ended. */
public enum DisconnectCause {
  /** This side sent DISCONNECT or gave up before it was connected. */
  REQUESTED,
  /** The server sent DISCONNECT. */
  SERVER_DISCONNECT,
  /** The server refused the CONNECT. */
  REFUSED,
  /** The network connection ended without DISCONNECT. */
  CONNECTION_LOST,
  /** No CONNACK came in time. */
  CONNECT_TIMEOUT,
  /** Nothing came in answer to an AUTH on an open connection. */
  AUTHENTICATION_TIMEOUT,
  /** Nothing came in answer to PINGREQ. */
  PING_TIMEOUT,
  /** The server broke the protocol. */
  VIOLATION
}
