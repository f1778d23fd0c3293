package io.culvert.mqtt.wire;

/** Quality of Service: how often a message arrives. */
public enum QoS {
  AT_MOST_ONCE(0),
  AT_LEAST_ONCE(1),
  EXACTLY_ONCE(2);

  private static final QoS[] VALUES = values();

  private final int value;

  QoS(int value) {
    this.value = value;
  }

  /** The number on the wire, 0…2. */
  public int value() {
    return value;
  }

  /** The QoS with this number, 0…2. */
  public static QoS of(int value) {
    return VALUES[value];
  }

  public QoS min(QoS other) {
    return value <= other.value ? this : other;
  }

  public QoS max(QoS other) {
    return value >= other.value ? this : other;
  }
}
