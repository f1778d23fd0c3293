package io.culvert.tcp.config;

import io.culvert.runtime.bus.BridgeTarget;

/** A bridge of the TCP message service to MQTT or to the event bus, as it is configured. */
public sealed interface BridgeRule {
  /** One that no other rule has; it marks what went through. */
  String name();

  /**
   * What peers publish becomes a message of MQTT.
   *
   * @param topic open only where the URIs are
   * @param maxOutstanding how many messages may be on their way, 1…1000
   */
  record ToTopic(String name, NamePattern uri, NamePattern topic, int qos, int maxOutstanding)
      implements BridgeRule {}

  /**
   * What peers publish goes to an address.
   *
   * @param maxOutstanding how many messages may be unacknowledged, 1…1000
   */
  record ToAddress(String name, NamePattern uri, BridgeTarget target, int maxOutstanding)
      implements BridgeRule {}

  /**
   * Messages of MQTT are sent to the subscribers of a URI.
   *
   * @param filter of their topics
   * @param uri open only where the filter is a base and all below it
   * @param qos the highest
   */
  record FromTopic(String name, String filter, NamePattern uri, int qos) implements BridgeRule {}

  /**
   * What comes to an address is sent to the subscribers of a URI.
   *
   * @param uri of messages that name none; others may lie below it where it is open
   */
  record FromAddress(String name, String address, NamePattern uri) implements BridgeRule {}
}
