package io.culvert.engine;

/**
 * A cursor over one complete frame. Every read is checked against the end of the frame and throws
 * {@link Truncated} beyond it, so a frame that lies about its inner lengths can never be read past
 * its end. Reusable: {@link #reset} starts on another frame.
 */
public final class ByteReader {
  private static final int VAR_INT_TOO_LONG = -1;
  private static final int VAR_INT_NOT_MINIMAL = -2;

  private byte[] array = Bytes.EMPTY.array();
  private int position;
  private int end;

  /** A reader without a frame. */
  public ByteReader() {}

  /** Starts to read {@code length} bytes of {@code array} from {@code start}. */
  public void reset(byte[] array, int start, int length) {
    if ((start | length) < 0 || length > array.length - start) {
      throw new IndexOutOfBoundsException(start + "+" + length + " of " + array.length);
    }
    this.array = array;
    this.position = start;
    this.end = start + length;
  }

  public void reset(Bytes frame) {
    reset(frame.array(), frame.start(), frame.length());
  }

  public int remaining() {
    return end - position;
  }

  /** The index in {@link #array()} of the next byte. */
  public int position() {
    return position;
  }

  public byte[] array() {
    return array;
  }

  /** The next byte, 0…255. */
  public int u8() {
    need(1);
    return array[position++] & 0xff;
  }

  /** The next two bytes, big-endian, 0…65 535. */
  public int u16() {
    need(2);
    int value = (array[position] & 0xff) << 8 | (array[position + 1] & 0xff);
    position += 2;
    return value;
  }

  /** The next four bytes, big-endian, 0…4 294 967 295. */
  public long u32() {
    long high = u16();
    return high << 16 | u16();
  }

  /**
   * The next MQTT Variable Byte Integer, 0…268 435 455; negative when it has more than four bytes
   * ({@link #isTooLong}) or is not the shortest form ({@link #isNotMinimal}).
   */
  public int varInt() {
    int value = 0;
    for (int shift = 0; shift <= 21; shift += 7) {
      int b = u8();
      value |= (b & 0x7f) << shift;
      if (b < 0x80) {
        return b == 0 && shift > 0 ? VAR_INT_NOT_MINIMAL : value;
      }
    }
    return VAR_INT_TOO_LONG;
  }

  public static boolean isTooLong(int varInt) {
    return varInt == VAR_INT_TOO_LONG;
  }

  public static boolean isNotMinimal(int varInt) {
    return varInt == VAR_INT_NOT_MINIMAL;
  }

  /** A view of the next {@code length} bytes. */
  public Bytes take(int length) {
    need(length);
    Bytes taken = length == 0 ? Bytes.EMPTY : Bytes.wrap(array, position, length);
    position += length;
    return taken;
  }

  /** A view of all that is left. */
  public Bytes takeRest() {
    return take(remaining());
  }

  private void need(int length) {
    if (length < 0 || length > end - position) {
      throw new Truncated();
    }
  }

  /**
   * A field reaches beyond the end of its frame: the peer's fault. Stackless, so it costs little.
   */
  public static final class Truncated extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private Truncated() {
      super("field reaches beyond the end of its frame", null, false, false);
    }
  }
}
