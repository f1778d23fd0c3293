package io.culvert.runtime.driver;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;

/** IP addresses that begin with the same bits: {@code 10.0.0.0/8}, {@code ::1}. */
public final class AddressRange {
  private static final int MAPPED_PREFIX_BYTES = 12;

  private final byte[] address;
  private final int bits;

  private AddressRange(byte[] address, int bits) {
    this.address = address;
    this.bits = bits;
  }

  /**
   * An address, or one with the number of its bits that count; no name is looked up.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static AddressRange parse(String text) {
    int slash = text.indexOf('/');
    byte[] address =
        NetUtil.createByteArrayFromIpAddressString(slash < 0 ? text : text.substring(0, slash));
    if (address == null) {
      throw new IllegalArgumentException("no IP address: " + text);
    }
    int most = address.length * Byte.SIZE;
    int bits = slash < 0 ? most : bits(text.substring(slash + 1));
    if (bits < 0 || bits > most) {
      throw new IllegalArgumentException("not 0 to " + most + " bits: " + text);
    }
    return new AddressRange(address, bits);
  }

  /** Whether it is one of these addresses; an IPv4 address is one whichever way it is written. */
  public boolean contains(SocketAddress peer) {
    if (!(peer instanceof InetSocketAddress socket) || socket.isUnresolved()) {
      return false;
    }
    byte[] other = plain(socket.getAddress());
    if (other.length != address.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit += Byte.SIZE) {
      int rest = Math.min(Byte.SIZE, bits - bit);
      int mask = (0xff00 >> rest) & 0xff;
      if (((address[bit / Byte.SIZE] ^ other[bit / Byte.SIZE]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }

  private static int bits(String text) {
    return text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : -1;
  }

  /** Without the form in which IPv6 sockets show IPv4 addresses. */
  private static byte[] plain(InetAddress address) {
    byte[] bytes = address.getAddress();
    boolean isMapped = bytes.length == 16 && bytes[10] == -1 && bytes[11] == -1;
    for (int i = 0; isMapped && i < 10; i++) {
      isMapped = bytes[i] == 0;
    }
    return isMapped ? Arrays.copyOfRange(bytes, MAPPED_PREFIX_BYTES, bytes.length) : bytes;
  }
}
