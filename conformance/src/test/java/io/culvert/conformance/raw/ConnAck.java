package io.culvert.conformance.raw;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** The numbers that a server announces in a CONNACK of MQTT 5. */
public final class ConnAck {

  private final Map<Integer, Long> numbers = new HashMap<>();

  private ConnAck() {}

  public static ConnAck of(byte[] packet) {
    if (packet[0] != 0x20 || packet[1] < 0 || packet[3] != 0) {
      throw new AssertionError("not a short and good CONNACK: " + Hex.of(packet));
    }
    ConnAck connAck = new ConnAck();
    ByteBuffer properties = ByteBuffer.wrap(packet, 5, packet.length - 5);
    while (properties.hasRemaining()) {
      connAck.read(properties.get(), properties);
    }
    return connAck;
  }

  /** The value of a property, or what the standard says when it is left out. */
  public long property(int identifier, long absent) {
    return numbers.getOrDefault(identifier, absent);
  }

  private void read(int identifier, ByteBuffer properties) {
    switch (identifier) {
      case 0x11, 0x27 -> numbers.put(identifier, properties.getInt() & 0xFFFF_FFFFL);
      case 0x13, 0x21, 0x22 -> numbers.put(identifier, properties.getShort() & 0xFFFFL);
      case 0x24, 0x25, 0x28, 0x29, 0x2A -> numbers.put(identifier, properties.get() & 0xFFL);
      case 0x12, 0x1A, 0x1C, 0x1F -> skipString(properties);
      case 0x26 -> {
        skipString(properties);
        skipString(properties);
      }
      default -> throw new AssertionError("property " + identifier + " in a plain CONNACK");
    }
  }

  private static void skipString(ByteBuffer properties) {
    int length = properties.getShort() & 0xFFFF;
    properties.position(properties.position() + length);
  }
}
