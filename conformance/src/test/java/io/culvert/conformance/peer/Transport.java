package io.culvert.conformance.peer;

/** What carries the MQTT packets. */
public enum Transport {
  TCP,
  WEB_SOCKET
}
