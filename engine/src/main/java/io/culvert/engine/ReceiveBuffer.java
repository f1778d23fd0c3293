package io.culvert.engine;

import java.util.Arrays;

/**
 * Bytes that have arrived and are not parsed yet. The usual case, whole frames inside one chunk,
 * copies nothing: the chunk is borrowed. {@link #keep()} copies what is left of it into an array of
 * this buffer's own, which is given back as soon as it is empty, so an idle connection holds none.
 *
 * <p>The owner bounds it: it checks the length of a frame on its header and never asks for a frame
 * that it would refuse.
 */
public final class ReceiveBuffer {
  private static final int MINIMUM_OWN_BYTES = 64;

  private byte[] array = Bytes.EMPTY.array();
  private int position;
  private int end;
  private boolean borrowed;

  /** Adds a chunk, which is only borrowed until {@link #keep()}. */
  public void add(Bytes chunk) {
    if (chunk.isEmpty()) {
      return;
    }
    if (readable() == 0) {
      array = chunk.array();
      position = chunk.start();
      end = position + chunk.length();
      borrowed = true;
      return;
    }
    reserve(chunk.length());
    chunk.copyTo(array, end);
    end += chunk.length();
  }

  /** Ends the borrowing: copies what is left to an own array, or lets go of everything. */
  public void keep() {
    if (readable() == 0) {
      clear();
    } else if (borrowed) {
      reserve(0);
    }
  }

  public void clear() {
    array = Bytes.EMPTY.array();
    position = 0;
    end = 0;
    borrowed = false;
  }

  public int readable() {
    return end - position;
  }

  /** The byte at {@code offset} from the front, 0…255, without taking it. */
  public int peek(int offset) {
    if (offset < 0 || offset >= readable()) {
      throw new IndexOutOfBoundsException(offset + " of " + readable());
    }
    return array[position + offset] & 0xff;
  }

  /** Takes {@code length} bytes from the front and points {@code reader} at them. */
  public void take(int length, ByteReader reader) {
    reader.reset(array, position, length);
    skip(length);
  }

  public void skip(int length) {
    if (length < 0 || length > readable()) {
      throw new IndexOutOfBoundsException(length + " of " + readable());
    }
    position += length;
  }

  /** Bytes of memory that this buffer itself holds. */
  public int heldBytes() {
    return borrowed ? 0 : array.length;
  }

  private void reserve(int more) {
    int readable = readable();
    if (!borrowed && more <= array.length - end) {
      return;
    }
    int wanted = Math.addExact(readable, more);
    if (!borrowed && wanted <= array.length) {
      System.arraycopy(array, position, array, 0, readable);
    } else {
      int size = borrowed ? wanted : Math.max(wanted, array.length * 2);
      byte[] own = new byte[Math.max(size, MINIMUM_OWN_BYTES)];
      System.arraycopy(array, position, own, 0, readable);
      array = own;
    }
    position = 0;
    end = readable;
    borrowed = false;
  }

  @Override
  public String toString() {
    return "ReceiveBuffer["
        + Bytes.wrap(Arrays.copyOfRange(array, position, end)).toString()
        + (borrowed ? ", borrowed]" : "]");
  }
}
