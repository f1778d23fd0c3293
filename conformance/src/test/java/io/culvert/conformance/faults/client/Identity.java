package io.culvert.conformance.faults.client;

import io.culvert.conformance.raw.Hex;

/**
 * Who a client is in its CONNECT.
 *
 * @param level 4 (MQTT 3.1.1) or 5
 * @param durable its session outlives its connections
 * @param receiveMaximum QoS 1 and 2 messages that it takes at once; MQTT 3.1.1 cannot say it
 */
public record Identity(String name, int level, boolean durable, int receiveMaximum) {
  private static final int MOST = 65_535;
  private static final int CLEAN = 0x02;
  private static final byte[] A_DAY = Hex.bytes("11 00015180");

  public static Identity durable(String name, int level) {
    return new Identity(name, level, true, MOST);
  }

  public static Identity slow(String name, int level, int receiveMaximum) {
    return new Identity(name, level, true, receiveMaximum);
  }

  public static Identity passing(String name, int level) {
    return new Identity(name, level, false, MOST);
  }

  /** Without Keep Alive: nothing is sent but what the test sends. */
  byte[] connect() {
    byte[] head = {(byte) level, (byte) (durable ? 0 : CLEAN), 0, 0};
    return Hex.packet(0x10, Hex.string("MQTT"), head, properties(), Hex.string(name));
  }

  private byte[] properties() {
    if (level < 5) {
      return new byte[0];
    }
    byte[] maximum = Hex.joined(new byte[] {0x21}, Hex.id(receiveMaximum));
    byte[] all = durable ? Hex.joined(A_DAY, maximum) : maximum;
    return Hex.joined(new byte[] {(byte) all.length}, all);
  }
}
