package io.culvert.mqtt.wire;

import io.culvert.engine.ByteReader;
import io.culvert.engine.Bytes;

/** Checks a property section of a peer, and finds its way through one that has been checked. */
final class PropertySection {
  private PropertySection() {}

  /** Reads a section with its length and checks it against the table; borrows the bytes. */
  static Properties read(ByteReader in, int place, int maximumUserProperties) {
    int length = varInt(in, "Property Length");
    if (length == 0) {
      return Properties.EMPTY;
    }
    return of(in.take(length), place, maximumUserProperties);
  }

  /** Checks a section that came without its length; borrows the bytes. */
  static Properties of(Bytes section, int place) {
    return section.isEmpty() ? Properties.EMPTY : of(section, place, Integer.MAX_VALUE);
  }

  private static Properties of(Bytes section, int place, int maximumUserProperties) {
    int start = section.start();
    int length = section.length();
    long present = check(section.array(), start, start + length, place, maximumUserProperties);
    return new Properties(section.array(), start, length, present);
  }

  static int varInt(ByteReader in, String what) {
    int value = in.varInt();
    if (value < 0) {
      throw Violations.malformed(
          Statement.MQTT5_1_5_5_1,
          what + (ByteReader.isTooLong(value) ? " with five bytes" : " is not the shortest form"));
    }
    return value;
  }

  /** The mask of the properties in {@code [from, to)}, all of which are right for the place. */
  private static long check(byte[] array, int from, int to, int place, int maximumUserProperties) {
    long present = 0;
    int userProperties = 0;
    int at = from;
    while (at < to) {
      Property property = (array[at] & 0x80) == 0 ? Property.ofId(array[at]) : null;
      if (property == null) {
        throw Violations.malformed(
            null, String.format("unknown property identifier 0x%02X", array[at]));
      }
      if ((property.bit() & Property.allowedAt(place)) == 0) {
        throw Violations.malformed(null, property + " is not allowed in " + placeName(place));
      }
      if ((present & property.bit()) != 0 && !property.repeatableAt(place)) {
        throw Violations.protocolError(null, property + " more than once");
      }
      present |= property.bit();
      if (property == Property.USER_PROPERTY && ++userProperties > maximumUserProperties) {
        throw new MqttViolation(
            ReasonCode.QUOTA_EXCEEDED,
            null,
            "more than " + maximumUserProperties + " User Properties in " + placeName(place));
      }
      int next = valueEnd(property.type(), array, at + 1, to);
      if (next < 0) {
        throw Violations.malformed(null, property + " reaches beyond the properties");
      }
      checkValue(property, array, at + 1, next);
      at = next;
    }
    return present;
  }

  private static void checkValue(Property property, byte[] array, int from, int to) {
    switch (property.type()) {
      case BOOL, U8, U16, U32, VAR_INT -> checkNumber(property, array, from, to);
      case UTF8 -> {
        checkText(property, array, from + 2, to);
        if (property == Property.RESPONSE_TOPIC) {
          checkResponseTopic(array, from + 2, to);
        }
      }
      case UTF8_PAIR -> {
        int nameEnd = from + 2 + u16(array, from);
        Utf8.check(array, from + 2, nameEnd, Statement.MQTT5_1_5_7_1, "User Property name");
        Utf8.check(array, nameEnd + 2, to, Statement.MQTT5_1_5_7_1, "User Property value");
      }
      case BINARY -> {}
    }
  }

  private static void checkNumber(Property property, byte[] array, int from, int to) {
    if (property.type() == PropertyType.VAR_INT) {
      boolean tooLong = to - from == 4 && array[to - 1] < 0;
      if (tooLong || (to - from > 1 && array[to - 1] == 0)) {
        throw Violations.malformed(
            Statement.MQTT5_1_5_5_1,
            property + (tooLong ? " with five bytes" : " is not the shortest form"));
      }
    }
    long value = number(property.type(), array, from);
    if (value < property.minimum() || value > property.maximum()) {
      throw new MqttViolation(
          property.outOfRange(),
          property == Property.TOPIC_ALIAS ? Statement.MQTT5_3_3_2_8 : null,
          property + " is " + value);
    }
  }

  private static void checkText(Property property, byte[] array, int from, int to) {
    Statement statement =
        switch (property) {
          case CONTENT_TYPE -> Statement.MQTT5_3_3_2_19;
          case RESPONSE_TOPIC -> Statement.MQTT5_3_3_2_13;
          default -> Statement.MQTT5_1_5_4_1;
        };
    int wrong = Utf8.firstInvalid(array, from, to);
    if (wrong != Utf8.VALID) {
      throw Utf8.invalid(array, wrong, wrong - from, statement, property.toString());
    }
  }

  private static void checkResponseTopic(byte[] array, int from, int to) {
    for (int i = from; i < to; i++) {
      if (array[i] == '+' || array[i] == '#') {
        throw Violations.protocolError(
            Statement.MQTT5_3_3_2_14, "wildcard in the Response Topic at byte " + (i - from));
      }
    }
  }

  /** Where the value that begins at {@code at} ends, or -1 when that is beyond {@code limit}. */
  static int valueEnd(PropertyType type, byte[] array, int at, int limit) {
    int end =
        switch (type) {
          case BOOL, U8 -> at + 1;
          case U16 -> at + 2;
          case U32 -> at + 4;
          case VAR_INT -> varIntEnd(array, at, limit);
          case UTF8, BINARY -> stringEnd(array, at, limit);
          case UTF8_PAIR -> stringEnd(array, stringEnd(array, at, limit), limit);
        };
    return end > limit ? -1 : end;
  }

  /** The number at {@code at} of a section that has been checked. */
  static long number(PropertyType type, byte[] array, int at) {
    return switch (type) {
      case BOOL, U8 -> array[at] & 0xff;
      case U16 -> u16(array, at);
      case U32 -> (long) u16(array, at) << 16 | u16(array, at + 2);
      case VAR_INT -> {
        int value = 0;
        int shift = 0;
        int i = at;
        while (array[i] < 0 && shift < 21) {
          value |= (array[i++] & 0x7f) << shift;
          shift += 7;
        }
        yield value | (array[i] & 0x7f) << shift;
      }
      case UTF8, BINARY, UTF8_PAIR -> throw new IllegalArgumentException(type + " is no number");
    };
  }

  static int u16(byte[] array, int at) {
    return (array[at] & 0xff) << 8 | (array[at + 1] & 0xff);
  }

  private static int stringEnd(byte[] array, int at, int limit) {
    return at < 0 || at + 2 > limit ? -1 : at + 2 + u16(array, at);
  }

  private static int varIntEnd(byte[] array, int at, int limit) {
    int i = at;
    while (i < limit && array[i] < 0 && i - at < 3) {
      i++;
    }
    return i + 1;
  }

  private static String placeName(int place) {
    return place == Property.IN_WILL ? "the Will" : String.valueOf(PacketType.of(place));
  }
}
