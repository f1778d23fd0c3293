package io.culvert.mqtt.wire;

/** When a subscription brings retained messages (MQTT 5 section 3.8.3.1). */
public enum RetainHandling {
  SEND,
  SEND_IF_NEW,
  DO_NOT_SEND;

  private static final RetainHandling[] VALUES = values();

  /** The number on the wire, 0…2. */
  public int value() {
    return ordinal();
  }

  /** The handling with this number, 0…2. */
  public static RetainHandling of(int value) {
    return VALUES[value];
  }
}
