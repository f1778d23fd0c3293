package io.culvert.conformance.faults.client;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A packet as it came, taken apart only where somebody asks. */
record Packet(int firstByte, byte[] body) {
  static final int CONNACK = 2;
  static final int PUBLISH = 3;
  static final int PUBACK = 4;
  static final int PUBREC = 5;
  static final int PUBREL = 6;
  static final int PUBCOMP = 7;
  static final int SUBACK = 9;
  static final int UNSUBACK = 11;
  static final int PINGRESP = 13;
  static final int DISCONNECT = 14;

  int type() {
    return firstByte >> 4;
  }

  /** Of an acknowledgement; its reason code, or 0 where it is left out. */
  int reasonCode() {
    return body.length > 2 ? body[2] & 0xFF : 0;
  }

  /** Of an acknowledgement. */
  int packetId() {
    return number(0);
  }

  // --- of a PUBLISH ---

  int qos() {
    return firstByte >> 1 & 3;
  }

  boolean isDup() {
    return (firstByte & 8) != 0;
  }

  boolean isRetained() {
    return (firstByte & 1) != 0;
  }

  String topic() {
    return new String(body, 2, number(0), StandardCharsets.UTF_8);
  }

  int publishId() {
    return number(2 + number(0));
  }

  byte[] payload(int level) {
    int at = 2 + number(0) + (qos() > 0 ? 2 : 0);
    if (level == 5) {
      int length = 0;
      for (int shift = 0; ; shift += 7) {
        int digit = body[at++];
        length |= (digit & 0x7F) << shift;
        if (digit >= 0) {
          break;
        }
      }
      at += length;
    }
    return Arrays.copyOfRange(body, at, body.length);
  }

  private int number(int at) {
    return (body[at] & 0xFF) << 8 | body[at + 1] & 0xFF;
  }
}
