package io.culvert.tcp.wire;

import java.util.Arrays;

/** Bytes of a section that is being written. */
final class PackWriter {
  private byte[] array;
  private int length;

  PackWriter() {
    this(32);
  }

  PackWriter(int expected) {
    this.array = new byte[expected];
  }

  PackWriter u8(int value) {
    reserve(1);
    array[length++] = (byte) value;
    return this;
  }

  /** The lowest bytes of a number, big-endian. */
  PackWriter number(long value, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
      u8((int) (value >>> shift));
    }
    return this;
  }

  PackWriter bytes(byte[] bytes) {
    reserve(bytes.length);
    System.arraycopy(bytes, 0, array, length, bytes.length);
    length += bytes.length;
    return this;
  }

  byte[] written() {
    return length == array.length ? array : Arrays.copyOf(array, length);
  }

  private void reserve(int more) {
    if (more > array.length - length) {
      array = Arrays.copyOf(array, Math.max(length + more, 2 * array.length));
    }
  }
}
