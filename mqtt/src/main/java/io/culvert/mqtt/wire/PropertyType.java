package io.culvert.mqtt.wire;

/** How the value of a property is written (MQTT 5 section 2.2.2.2). */
public enum PropertyType {
  /** One byte that is 0 or 1. */
  BOOL,
  U8,
  U16,
  U32,
  VAR_INT,
  UTF8,
  BINARY,
  UTF8_PAIR;

  /** Whether the value is a number. */
  public boolean isInteger() {
    return switch (this) {
      case BOOL, U8, U16, U32, VAR_INT -> true;
      case UTF8, BINARY, UTF8_PAIR -> false;
    };
  }
}
