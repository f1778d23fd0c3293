package io.culvert.engine;

import java.util.Arrays;

/**
 * Bytes that have arrived and are not parsed yet. The usual case, whole frames inside one chunk,
 * copies nothing: the chunk is borrowed. {@link #keep()} copies what is left of it into an array of
 * this buffer's own and lets go of an array that is empty or much too large, so an idle connection
 * holds none. Views of what was taken are valid until the next {@link #add} or keep.
 *
 * <p>The owner bounds it: it checks the length of a frame on its header and never asks for a frame
 * that it would refuse.
 */
public final class ReceiveBuffer {
  private static final int MINIMUM_OWN_BYTES = 64;

  /**
   * An own array that is more than this many times too large is exchanged for a smaller one. It
   * doubles when it grows, so anything above 2 does not swing.
   */
  private static final int SLACK = 4;

  private byte[] array = Bytes.EMPTY.array();
  private int position;
  private int end;
  private int frameBytes = Integer.MAX_VALUE;
  private boolean borrowed;

  /** Holds nothing yet. */
  public ReceiveBuffer() {}

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
    int readable = readable();
    if (readable == 0) {
      clear();
    } else if (borrowed || isMuchTooLarge(readable)) {
      moveToOwn(readable);
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

  /**
   * The frame at the front is so long, and not all of it is here: while the array grows for it, it
   * does not become larger than the frame needs.
   */
  public void awaits(int wholeFrameBytes) {
    frameBytes = wholeFrameBytes;
  }

  /** Takes {@code length} bytes from the front and points {@code reader} at them. */
  public void take(int length, ByteReader reader) {
    int at = position;
    skip(length);
    reader.reset(array, at, length);
  }

  public void skip(int length) {
    if (length < 0 || length > readable()) {
      throw new IndexOutOfBoundsException(length + " of " + readable());
    }
    position += length;
    frameBytes = Integer.MAX_VALUE;
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
    if (borrowed) {
      moveToOwn(wanted);
    } else if (wanted <= array.length && position >= readable) {
      // Moves no more bytes than were taken since the last move.
      System.arraycopy(array, position, array, 0, readable);
      position = 0;
      end = readable;
    } else {
      moveToOwn(Math.max(wanted, Math.min(array.length * 2, frameBytes)));
    }
  }

  private boolean isMuchTooLarge(int readable) {
    return array.length > MINIMUM_OWN_BYTES && array.length / SLACK > readable;
  }

  private void moveToOwn(int capacity) {
    int readable = readable();
    byte[] own = new byte[Math.max(capacity, MINIMUM_OWN_BYTES)];
    System.arraycopy(array, position, own, 0, readable);
    array = own;
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
