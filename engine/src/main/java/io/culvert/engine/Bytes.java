package io.culvert.engine;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A read-only view of a range of a byte array. Equality is by content, order is that of unsigned
 * bytes from the left, as in the keys of a store.
 *
 * <p>A view owns nothing: {@link #wrap} takes the array as it is, and a view that outlives the
 * buffer under it must be {@linkplain #copy copied}. {@link #array()} exists for the hot path;
 * nobody writes through it.
 */
public final class Bytes implements Comparable<Bytes> {
  /** No bytes. */
  public static final Bytes EMPTY = new Bytes(new byte[0], 0, 0);

  private final byte[] array;
  private final int start;
  private final int length;

  private Bytes(byte[] array, int start, int length) {
    this.array = array;
    this.start = start;
    this.length = length;
  }

  /** A view of the whole array, which the caller gives away. */
  public static Bytes wrap(byte[] taken) {
    return taken.length == 0 ? EMPTY : new Bytes(taken, 0, taken.length);
  }

  /** A view of {@code length} bytes from {@code start}. */
  public static Bytes wrap(byte[] taken, int start, int length) {
    if ((start | length) < 0 || length > taken.length - start) {
      throw new IndexOutOfBoundsException(start + "+" + length + " of " + taken.length);
    }
    return length == 0 ? EMPTY : new Bytes(taken, start, length);
  }

  /** The UTF-8 form of a text. */
  public static Bytes utf8(String text) {
    return wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Parses hexadecimal digits without separators. */
  public static Bytes hex(String digits) {
    return wrap(HexFormat.of().parseHex(digits));
  }

  public int length() {
    return length;
  }

  public boolean isEmpty() {
    return length == 0;
  }

  /** The byte at {@code index}, as 0…255. */
  public int get(int index) {
    if (index < 0 || index >= length) {
      throw new IndexOutOfBoundsException(index + " of " + length);
    }
    return array[start + index] & 0xff;
  }

  /** The array under this view; its content from {@link #start()} on belongs to this view. */
  public byte[] array() {
    return array;
  }

  /** Where this view begins in {@link #array()}. */
  public int start() {
    return start;
  }

  /** The view of {@code [from, to)}. */
  public Bytes slice(int from, int to) {
    if (from < 0 || to < from || to > length) {
      throw new IndexOutOfBoundsException("[" + from + "," + to + ") of " + length);
    }
    if (from == to) {
      return EMPTY;
    }
    return to - from == length ? this : new Bytes(array, start + from, to - from);
  }

  /** The same content in an array of its own. */
  public Bytes copy() {
    return length == 0 ? EMPTY : new Bytes(toByteArray(), 0, length);
  }

  /** Copies the content to {@code target} at {@code at}. */
  public void copyTo(byte[] target, int at) {
    System.arraycopy(array, start, target, at, length);
  }

  public byte[] toByteArray() {
    return Arrays.copyOfRange(array, start, start + length);
  }

  /** The content as text; what is not well-formed UTF-8 shows as U+FFFD. */
  public String toUtf8() {
    return new String(array, start, length, StandardCharsets.UTF_8);
  }

  public String toHex() {
    return HexFormat.of().formatHex(array, start, start + length);
  }

  public boolean startsWith(Bytes prefix) {
    return length >= prefix.length
        && Arrays.equals(
            array,
            start,
            start + prefix.length,
            prefix.array,
            prefix.start,
            prefix.start + prefix.length);
  }

  @Override
  public int compareTo(Bytes that) {
    return Arrays.compareUnsigned(
        array, start, start + length, that.array, that.start, that.start + that.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that
        && Arrays.equals(
            array, start, start + length, that.array, that.start, that.start + that.length);
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = start; i < start + length; i++) {
      hash = 31 * hash + array[i];
    }
    return hash;
  }

  /** Length and, when short, content in hexadecimal. */
  @Override
  public String toString() {
    return length <= 32 ? "Bytes[" + toHex() + "]" : "Bytes[" + length + " bytes]";
  }
}
