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
    if (utf8.isEmpty()) {
      throw Violations.protocolError(Statement.MQTT5_4_7_3_1, "empty Topic Name");
    }
    if (utf8.length() > Utf8.MAXIMUM_BYTES) {
      throw Violations.malformed(Statement.MQTT5_4_7_3_3, "Topic Name longer than 65535 bytes");
    }
    check(utf8.array(), utf8.start(), utf8.start() + utf8.length());
    return new TopicName(utf8);
  }

  /** As {@link #parse}, for a name in our own hands. */
  public static TopicName of(String name) {
    return parse(Bytes.utf8(name));
  }

  /** Wraps the bytes of another name, which need not be checked again. */
  public static TopicName trusted(Bytes utf8) {
    return utf8.isEmpty() ? EMPTY : new TopicName(utf8);
  }

  /** Reads a name with its length; an empty one is {@link #EMPTY}. */
  static TopicName read(ByteReader in) {
    Bytes utf8 = in.take(in.u16());
    if (utf8.isEmpty()) {
      return EMPTY;
    }
    check(utf8.array(), utf8.start(), utf8.start() + utf8.length());
    return new TopicName(utf8);
  }

  /** Throws when {@code [from, to)} holds a wildcard or is no string. One pass for ASCII. */
  static void check(byte[] array, int from, int to) {
    int at = from;
    while (at < to) {
      byte b = array[at];
      if (b <= 0 || b == '+' || b == '#') {
        break;
      }
      at++;
    }
    if (at < to) {
      checkFrom(array, from, at, to);
    }
  }

  private static void checkFrom(byte[] array, int from, int start, int to) {
    int invalid = Utf8.firstInvalid(array, start, to);
    if (invalid != Utf8.VALID) {
      Statement statement = array[invalid] == 0 ? Statement.MQTT5_4_7_3_2 : Statement.MQTT5_1_5_4_1;
      throw Utf8.invalid(array, invalid, invalid - from, statement, "Topic Name");
    }
    for (int at = start; at < to; at++) {
      if (array[at] == '+' || array[at] == '#') {
        throw Violations.protocolError(
            Statement.MQTT5_4_7_0_1, "wildcard in a Topic Name at byte " + (at - from));
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
