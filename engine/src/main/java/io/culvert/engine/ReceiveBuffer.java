package io.culvert.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that have arrived and are not parsed yet. The usual case, whole frames inside one chunk,
 * copies nothing: the chunk is borrowed. Of a frame that spans chunks only its own bytes are
 * copied, once its length is {@linkplain #awaits known}; a large one is held in pieces until it is
 * taken, and so is what comes behind when that is much. {@link #keep()} copies what is left of a
 * chunk into an array of this buffer's own and lets go of an array that is empty or much too large,
 * so an idle connection holds none. Views of what was taken are valid until the next {@link #add}
 * or keep.
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

  private static final int UNKNOWN = Integer.MAX_VALUE;

  /** More than that is held in pieces. */
  private static final int LARGE_BYTES = 4 * Pieces.PIECE_BYTES;

  private byte[] array = Bytes.EMPTY.array();
  private int position;
  private int end;
  private boolean borrowed;

  /** What is behind the array, if that is much; never empty. */
  private @Nullable Pieces pieces;

  /** What a chunk has behind the frame that it has completed, and behind all else; borrowed. */
  private Bytes rest = Bytes.EMPTY;

  private int frameBytes = UNKNOWN;

  /** Holds nothing yet. */
  public ReceiveBuffer() {}

  /** Adds a chunk, which is only borrowed until {@link #keep()}. */
  public void add(Bytes chunk) {
    if (chunk.isEmpty()) {
      return;
    }
    int readable = readable();
    if (readable == 0) {
      borrow(chunk);
      return;
    }
    keepRest();
    if (frameBytes != UNKNOWN && readable < frameBytes) {
      int missing = Math.min(frameBytes - readable, chunk.length());
      addBehind(chunk.slice(0, missing), frameBytes);
      rest = chunk.slice(missing, chunk.length());
    } else {
      addBehind(chunk, UNKNOWN);
    }
  }

  /** Ends the borrowing: copies what is left to an own array, or lets go of everything. */
  public void keep() {
    if (readable() == 0) {
      clear();
      return;
    }
    keepRest();
    if (borrowed || isMuchTooLarge()) {
      moveToOwn(inArray());
    }
  }

  public void clear() {
    array = Bytes.EMPTY.array();
    position = 0;
    end = 0;
    borrowed = false;
    pieces = null;
    rest = Bytes.EMPTY;
    frameBytes = UNKNOWN;
  }

  public int readable() {
    return inArray() + behindArray() + rest.length();
  }

  /** The byte at {@code offset} from the front, 0…255, without taking it. */
  public int peek(int offset) {
    if (offset < 0 || offset >= readable()) {
      throw new IndexOutOfBoundsException(offset + " of " + readable());
    }
    if (offset < inArray()) {
      return array[position + offset] & 0xff;
    }
    int behind = offset - inArray();
    int much = behindArray();
    return (behind < much && pieces != null ? pieces.get(behind) : rest.get(behind - much)) & 0xff;
  }

  /**
   * The frame at the front is so long, and not all of it is here: what belongs to it is put into an
   * array that does not become larger than it needs, or, of a large one, into pieces.
   */
  public void awaits(int wholeFrameBytes) {
    frameBytes = wholeFrameBytes;
  }

  /** Takes {@code length} bytes from the front and points {@code reader} at them. */
  public void take(int length, ByteReader reader) {
    makeContiguous(length);
    reader.reset(array, position, length);
    advance(length);
  }

  public void skip(int length) {
    makeContiguous(length);
    advance(length);
  }

  /** Bytes of memory that this buffer itself holds. */
  public int heldBytes() {
    return (borrowed ? 0 : array.length) + inPieces();
  }

  /** What these take of the heap. */
  public long heapBytes() {
    return (borrowed ? 0 : HeapBytes.of(array.length)) + inPieces();
  }

  private int inArray() {
    return end - position;
  }

  private int behindArray() {
    return pieces == null ? 0 : pieces.length();
  }

  private int inPieces() {
    return pieces == null ? 0 : pieces.heldBytes();
  }

  private void borrow(Bytes chunk) {
    array = chunk.array();
    position = chunk.start();
    end = position + chunk.length();
    borrowed = true;
  }

  private void makeContiguous(int length) {
    if (length < 0 || length > readable()) {
      throw new IndexOutOfBoundsException(length + " of " + readable());
    }
    if (length > inArray() + behindArray()) {
      keepRest();
    }
    if (length > inArray() && pieces != null) {
      pull(length - inArray(), pieces);
    }
  }

  private void advance(int length) {
    position += length;
    frameBytes = UNKNOWN;
    if (position == end && pieces == null && !rest.isEmpty()) {
      borrow(rest);
      rest = Bytes.EMPTY;
    }
  }

  /**
   * Moves these from the pieces to a new array, and all of a frame that was awaited, or else a
   * piece at least, because frames may be small.
   */
  private void pull(int missing, Pieces behind) {
    int more = frameBytes == UNKNOWN ? Pieces.PIECE_BYTES : frameBytes - inArray();
    int count = Math.min(Math.max(missing, more), behind.length());
    moveToOwn(inArray() + count);
    behind.moveTo(array, end, count);
    end += count;
    if (behind.length() == 0) {
      pieces = null;
    }
  }

  private void keepRest() {
    if (!rest.isEmpty()) {
      Bytes behind = rest;
      rest = Bytes.EMPTY;
      addBehind(behind, UNKNOWN);
    }
  }

  /**
   * @param most the array is to hold no more than these in the end, or unknown
   */
  private void addBehind(Bytes chunk, int most) {
    Pieces behind = pieces;
    int all = most == UNKNOWN ? inArray() + chunk.length() : most;
    if (behind == null && all <= LARGE_BYTES) {
      reserve(chunk.length(), most);
      append(chunk);
      return;
    }
    if (borrowed) {
      moveToOwn(inArray());
    }
    if (behind == null) {
      behind = new Pieces();
      pieces = behind;
    }
    behind.add(chunk);
  }

  private void append(Bytes bytes) {
    bytes.copyTo(array, end);
    end += bytes.length();
  }

  /** Makes room for more in an own array, which does not grow beyond {@code most} for reserve. */
  private void reserve(int more, int most) {
    int inArray = inArray();
    if (!borrowed && more <= array.length - end) {
      return;
    }
    int wanted = Math.addExact(inArray, more);
    if (borrowed) {
      moveToOwn(wanted);
    } else if (wanted <= array.length && position >= inArray) {
      // Moves no more bytes than were taken since the last move.
      System.arraycopy(array, position, array, 0, inArray);
      position = 0;
      end = inArray;
    } else {
      moveToOwn(Math.max(wanted, Math.min(array.length * 2, most)));
    }
  }

  private boolean isMuchTooLarge() {
    return array.length > MINIMUM_OWN_BYTES && array.length / SLACK > inArray();
  }

  private void moveToOwn(int capacity) {
    int inArray = inArray();
    byte[] own = new byte[Math.max(capacity, MINIMUM_OWN_BYTES)];
    System.arraycopy(array, position, own, 0, inArray);
    array = own;
    position = 0;
    end = inArray;
    borrowed = false;
  }

  @Override
  public String toString() {
    return "ReceiveBuffer["
        + readable()
        + " bytes, at the front "
        + Bytes.wrap(Arrays.copyOfRange(array, position, end))
        + (borrowed ? ", borrowed]" : "]");
  }
}
