package io.culvert.mqtt.wire;

/** When a subscription brings retained messages (MQTT 5 section 3.8.3.1). */
public enum RetainHandling {
  SEND(0),
  SEND_IF_NEW(1),
  DO_NOT_SEND(2);

  private static final RetainHandling[] VALUES = values();

  private final int value;

  RetainHandling(int value) {
    this.value = value;
  }

  /** The number on the wire, 0…2. */
  public int value() {
    return value;
  }

  /** The handling with this number, 0…2. */
  public static RetainHandling of(int value) {
    return VALUES[value];
  }
}
