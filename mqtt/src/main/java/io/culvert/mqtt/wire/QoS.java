package io.culvert.mqtt.wire;

/** Quality of Service: how often a message arrives. */
public enum QoS {
  AT_MOST_ONCE,
  AT_LEAST_ONCE,
  EXACTLY_ONCE;

  private static final QoS[] VALUES = values();

  /** The number on the wire, 0…2. */
  public int value() {
    return ordinal();
  }

  /** The QoS with this number, 0…2. */
  public static QoS of(int value) {
    return VALUES[value];
  }

  public QoS min(QoS other) {
    return ordinal() <= other.ordinal() ? this : other;
  }

  public QoS max(QoS other) {
    return ordinal() >= other.ordinal() ? this : other;
  }
}
