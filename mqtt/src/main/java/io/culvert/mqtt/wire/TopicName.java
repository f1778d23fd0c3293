package io.culvert.mqtt.wire;

import io.culvert.engine.ByteReader;
import io.culvert.engine.Bytes;

/**
 * A Topic Name: at least one character, no wildcard. Whoever holds one need not check it again. The
 * bytes under it may be borrowed; {@link #copy} ends that.
 */
public final class TopicName {
  /** No name at all: that of a PUBLISH that has a Topic Alias only. */
  public static final TopicName EMPTY = new TopicName(Bytes.EMPTY);

  private final Bytes utf8;

  private TopicName(Bytes utf8) {
    this.utf8 = utf8;
  }

  /**
   * Checks the bytes and wraps them.
   *
   * @throws MqttViolation when they are empty, too long, not UTF-8, or hold U+0000 or a wildcard
   */
  public static TopicName parse(Bytes utf8) {
    return parse(utf8, MqttVersion.MQTT_5);
  }

  /** As {@link #parse(Bytes)}, with the statements of a version in the errors. */
  static TopicName parse(Bytes utf8, MqttVersion version) {
    boolean five = version.isMqtt5();
    if (utf8.isEmpty()) {
      throw Violations.protocolError(
          five ? Statement.MQTT5_4_7_3_1 : Statement.MQTT3_4_7_3_1, "empty Topic Name");
    }
    if (utf8.length() > Utf8.MAXIMUM_BYTES) {
      throw Violations.malformed(
          five ? Statement.MQTT5_4_7_3_3 : Statement.MQTT3_4_7_3_3,
          "Topic Name longer than 65535 bytes");
    }
    check(utf8.array(), utf8.start(), utf8.start() + utf8.length(), version);
    return new TopicName(utf8);
  }

  /** As {@link #parse(Bytes)}, for a name in our own hands. */
  public static TopicName of(String name) {
    Bytes utf8 = Bytes.utf8(name);
    // A lone surrogate has become a question mark on the way.
    if (!utf8.toUtf8().equals(name)) {
      throw new MqttViolation(
          ReasonCode.MALFORMED_PACKET, Statement.MQTT5_1_5_4_1, "surrogate in a Topic Name");
    }
    return parse(utf8);
  }

  /** Wraps the bytes of another name, which need not be checked again. */
  public static TopicName trusted(Bytes utf8) {
    return utf8.isEmpty() ? EMPTY : new TopicName(utf8);
  }

  /** Reads a name with its length; an empty one is {@link #EMPTY}. */
  static TopicName read(ByteReader in, MqttVersion version) {
    Bytes utf8 = in.take(in.u16());
    if (utf8.isEmpty()) {
      return EMPTY;
    }
    check(utf8.array(), utf8.start(), utf8.start() + utf8.length(), version);
    return new TopicName(utf8);
  }

  /** Throws when {@code [from, to)} holds a wildcard or is no string. One pass for ASCII. */
  private static void check(byte[] array, int from, int to, MqttVersion version) {
    int at = from;
    while (at < to) {
      byte b = array[at];
      if (b <= 0 || b == '+' || b == '#') {
        checkFrom(array, from, at, to, version.isMqtt5());
        return;
      }
      at++;
    }
  }

  private static void checkFrom(byte[] array, int from, int start, int to, boolean five) {
    int invalid = Utf8.firstInvalid(array, start, to);
    if (invalid != Utf8.VALID) {
      Statement zero = five ? Statement.MQTT5_4_7_3_2 : Statement.MQTT3_4_7_3_2;
      Statement illFormed = five ? Statement.MQTT5_1_5_4_1 : Statement.MQTT3_1_5_3_1;
      throw Utf8.invalid(
          array, invalid, invalid - from, array[invalid] == 0 ? zero : illFormed, "Topic Name");
    }
    for (int at = start; at < to; at++) {
      if (array[at] == '+' || array[at] == '#') {
        throw Violations.protocolError(
            five ? Statement.MQTT5_4_7_0_1 : Statement.MQTT3_4_7_1_1,
            "wildcard in a Topic Name at byte " + (at - from));
      }
    }
  }

  /** The name's bytes, perhaps borrowed. */
  public Bytes utf8() {
    return utf8;
  }

  /** Its length in bytes. */
  public int length() {
    return utf8.length();
  }

  public boolean isEmpty() {
    return utf8.isEmpty();
  }

  /** Whether it is one of those that a filter with a leading wildcard does not match. */
  public boolean startsWithDollar() {
    return !utf8.isEmpty() && utf8.get(0) == '$'; // [MQTT5-4.7.2-1]
  }

  /** The same with an array of its own. */
  public TopicName copy() {
    return isEmpty() ? EMPTY : new TopicName(utf8.copy());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TopicName that && utf8.equals(that.utf8);
  }

  @Override
  public int hashCode() {
    return utf8.hashCode();
  }

  @Override
  public String toString() {
    return utf8.toUtf8();
  }
}
