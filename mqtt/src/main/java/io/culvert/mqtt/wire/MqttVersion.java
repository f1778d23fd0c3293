package io.culvert.mqtt.wire;

import org.jspecify.annotations.Nullable;

/** The three versions of the protocol; they share most of the wire format. */
public enum MqttVersion {
  MQTT_3_1(3, "MQIsdp"),
  MQTT_3_1_1(4, "MQTT"),
  MQTT_5(5, "MQTT");

  private final int level;
  private final String protocolName;

  MqttVersion(int level, String protocolName) {
    this.level = level;
    this.protocolName = protocolName;
  }

  /** The Protocol Level (Protocol Version in MQTT 5) byte of CONNECT. */
  public int level() {
    return level;
  }

  public String protocolName() {
    return protocolName;
  }

  public boolean isMqtt5() {
    return this == MQTT_5;
  }

  /** The version with this level byte, or null. */
  public static @Nullable MqttVersion ofLevel(int level) {
    return switch (level) {
      case 3 -> MQTT_3_1;
      case 4 -> MQTT_3_1_1;
      case 5 -> MQTT_5;
      default -> null;
    };
  }
}
