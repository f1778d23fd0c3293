package io.culvert.mqtt.wire;

import io.culvert.engine.ByteReader;
import io.culvert.engine.Bytes;
import java.nio.charset.StandardCharsets;

/**
 * UTF-8 Encoded Strings (MQTT 5 section 1.5.4): well-formed, without surrogates and U+0000. U+FEFF
 * is a character like any other and stays.
 */
final class Utf8 {
  /** The longest string that the two-byte length can announce. */
  static final int MAXIMUM_BYTES = 65_535;

  static final int VALID = -1;

  private Utf8() {}

  /** The index in {@code array} of the first byte that is wrong in {@code [from, to)}, or VALID. */
  static int firstInvalid(byte[] array, int from, int to) {
    int at = from;
    while (at < to && array[at] > 0) {
      at++;
    }
    while (at < to) {
      int length = sequenceLength(array, at, to);
      if (length == 0) {
        return at;
      }
      at += length;
    }
    return VALID;
  }

  /** Throws when {@code [from, to)} is not a string; {@code what} names it in the error. */
  static void check(byte[] array, int from, int to, Statement statement, String what) {
    int at = firstInvalid(array, from, to);
    if (at != VALID) {
      throw invalid(array, at, at - from, statement, what);
    }
  }

  static MqttViolation invalid(
      byte[] array, int at, int position, Statement statement, String what) {
    String fault = array[at] == 0 ? "U+0000" : "ill-formed UTF-8";
    return Violations.malformed(statement, fault + " in " + what + " at byte " + position);
  }

  /** Reads a string with its length. */
  static String read(ByteReader in, Statement statement, String what) {
    Bytes bytes = in.take(in.u16());
    check(bytes.array(), bytes.start(), bytes.start() + bytes.length(), statement, what);
    return bytes.toUtf8();
  }

  /** The bytes of a text that we send. */
  static byte[] encode(String text) {
    checkEncodable(text);
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Refuses, as our own fault, a text that no peer may accept. */
  static void checkEncodable(String text) {
    int length = length(text);
    if (length > MAXIMUM_BYTES) {
      throw new IllegalArgumentException("text of " + length + " bytes, more than 65535");
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean pair = i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1));
      if (c == 0 || (Character.isSurrogate(c) && !pair)) {
        throw new IllegalArgumentException(
            "text with " + (c == 0 ? "U+0000" : "a lone surrogate") + " at " + i);
      }
      if (pair) {
        i++;
      }
    }
  }

  /** Bytes that a text takes, without its length. */
  static int length(String text) {
    int length = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      length += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    return length;
  }

  // The well-formed sequences of the Unicode standard, table 3-7; 0 when there is none.
  private static int sequenceLength(byte[] array, int at, int to) {
    int first = array[at] & 0xff;
    if (first < 0x80) {
      return first == 0 ? 0 : 1;
    }
    if (first < 0xc2 || first > 0xf4) {
      return 0;
    }
    int length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (length > to - at) {
      return 0;
    }
    int second = array[at + 1] & 0xff;
    int low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    int high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high) {
      return 0;
    }
    for (int i = 2; i < length; i++) {
      if ((array[at + i] & 0xc0) != 0x80) {
        return 0;
      }
    }
    return length;
  }
}
