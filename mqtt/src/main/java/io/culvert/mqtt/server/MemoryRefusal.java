package io.culvert.mqtt.server;

/** What the node has refused because its clients make it hold as much as they may. */
public enum MemoryRefusal {
  /** A connection, before its CONNECT. */
  CONNECTION,
  /** A CONNECT that would begin a session. */
  SESSION,
  SUBSCRIPTION,
  /** A PUBLISH: at QoS 0 dropped, else answered with 0x97 or, before MQTT 5, with the end. */
  MESSAGE,
  RETAINED_MESSAGE
}
