package io.culvert.conformance.raw;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Packets written by hand. */
public final class Hex {

  private Hex() {}

  /** Bytes of hexadecimal text; spaces do not count. */
  public static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  public static String of(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  /** CONNECT with clean start, keep alive 60 s and no properties; level 4 or 5. */
  public static byte[] connect(int level, String clientId) {
    byte[] properties = level == 5 ? new byte[] {0} : new byte[0];
    byte[] head = bytes("00044d515454 0" + level + " 02 003c");
    return packet(0x10, head, properties, string(clientId));
  }

  /** SUBSCRIBE with packet identifier 1, for one filter; level 4 or 5. */
  public static byte[] subscribe(int level, String filter, int qos) {
    byte[] properties = level == 5 ? new byte[] {0} : new byte[0];
    return packet(0x82, bytes("0001"), properties, string(filter), new byte[] {(byte) qos});
  }

  /** PUBLISH at QoS 0; level 4 or 5. */
  public static byte[] publish(int level, String topic, byte[] payload) {
    byte[] properties = level == 5 ? new byte[] {0} : new byte[0];
    return packet(0x30, string(topic), properties, payload);
  }

  /** PUBLISH at QoS 1; level 4 or 5. */
  public static byte[] publishQos1(int level, String topic, int packetId, byte[] payload) {
    byte[] properties = level == 5 ? new byte[] {0} : new byte[0];
    return packet(0x32, string(topic), id(packetId), properties, payload);
  }

  /** PUBLISH at QoS 2; level 4 or 5. */
  public static byte[] publishQos2(int level, String topic, int packetId, byte[] payload) {
    byte[] packet = publishQos1(level, topic, packetId, payload);
    packet[0] = 0x34;
    return packet;
  }

  /** PUBACK in its shortest form. */
  public static byte[] puback(int packetId) {
    return packet(0x40, id(packetId));
  }

  /** A Packet Identifier, or any number of two bytes. */
  public static byte[] id(int packetId) {
    return new byte[] {(byte) (packetId >> 8), (byte) packetId};
  }

  public static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      joined.writeBytes(part);
    }
    return joined.toByteArray();
  }

  /** A packet of these parts behind its first byte and Remaining Length. */
  public static byte[] packet(int firstByte, byte[]... parts) {
    byte[] body = joined(parts);
    ByteArrayOutputStream packet = new ByteArrayOutputStream();
    packet.write(firstByte);
    int rest = body.length;
    do {
      int digit = rest & 0x7F;
      rest >>>= 7;
      packet.write(rest > 0 ? digit | 0x80 : digit);
    } while (rest > 0);
    packet.writeBytes(body);
    return packet.toByteArray();
  }

  /** UTF-8 behind its length. */
  public static byte[] string(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return joined(new byte[] {(byte) (utf8.length >> 8), (byte) utf8.length}, utf8);
  }
}
