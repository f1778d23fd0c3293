package io.culvert.engine;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one connection has to send, in order. Small pieces are copied one behind the other into one
 * pooled array, so that they leave in one socket write; a piece of {@link #SHARE_FROM_BYTES} or
 * more is only referred to, so that many connections can send the same payload without a copy each.
 *
 * <p>Offsets returned by {@link #reserve} are valid until the next {@link #drainTo}; a later
 * reserve may exchange the array, never the offsets.
 */
public final class Outbox {
  /**
   * From here on a piece is shared instead of copied: the copy then costs more than the bookkeeping
   * of a segment.
   */
  public static final int SHARE_FROM_BYTES = 4096;

  /** A reference and a position. */
  private static final int SEGMENT_BYTES = 12;

  private static final SharedBytes[] NO_SEGMENTS = {};
  private static final int[] NO_POSITIONS = {};

  private final BufferPool pool;
  private byte[] buffer = Bytes.EMPTY.array();
  private int start;
  private int end;

  /**
   * How much of an array was in use at most; a connection that got much often gets as much again.
   */
  private int used;

  // Shared segments: segment i goes out when the buffer has been sent up to segmentAt[i].
  private @Nullable SharedBytes[] segments = NO_SEGMENTS;
  private int[] segmentAt = NO_POSITIONS;
  private int firstSegment;
  private int segmentCount;
  private int sentOfFirst;
  private long segmentBytes;

  public Outbox(BufferPool pool) {
    this.pool = pool;
  }

  /** Makes room for {@code length} bytes, which the caller writes to {@link #array()} at once. */
  public int reserve(int length) {
    if (length > buffer.length - end) {
      grow(length);
    }
    int at = end;
    end += length;
    return at;
  }

  /** The array that offsets of {@link #reserve} refer to, until the next reserve. */
  public byte[] array() {
    return buffer;
  }

  public void u8(int value) {
    int at = reserve(1);
    buffer[at] = (byte) value;
  }

  public void u16(int value) {
    patchShort(reserve(2), value);
  }

  public void u32(long value) {
    u16((int) (value >>> 16));
    u16((int) value);
  }

  /** Writes an MQTT Variable Byte Integer, 0…268 435 455, in its shortest form. */
  public void varInt(int value) {
    if (value < 0 || value > 268_435_455) {
      throw new IllegalArgumentException("no variable byte integer: " + value);
    }
    int rest = value;
    while (rest > 0x7f) {
      u8((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    u8(rest);
  }

  /** Copies {@code length} bytes; returns the offset of the copy, for patching. */
  public int copy(byte[] source, int from, int length) {
    int at = reserve(length);
    System.arraycopy(source, from, buffer, at, length);
    return at;
  }

  /** Copies bytes whatever their number: for views that are only borrowed. */
  public void copy(Bytes bytes) {
    copy(bytes.array(), bytes.start(), bytes.length());
  }

  /** Appends bytes that will never change: copies few, shares many. */
  public void append(Bytes immutable) {
    if (immutable.length() < SHARE_FROM_BYTES) {
      copy(immutable);
    } else {
      share(new SharedBytes(immutable));
    }
  }

  /** Only refers to bytes, however few. */
  public void share(SharedBytes shared) {
    int at = firstSegment + segmentCount;
    if (at == segments.length) {
      int size = Math.max(4, segmentCount * 2);
      segments = Arrays.copyOf(Arrays.copyOfRange(segments, firstSegment, at), size);
      segmentAt = Arrays.copyOf(Arrays.copyOfRange(segmentAt, firstSegment, at), size);
      firstSegment = 0;
      at = segmentCount;
    }
    segments[at] = shared;
    segmentAt[at] = end;
    segmentCount++;
    segmentBytes += shared.bytes().length();
    pool.addShared(shared.refer());
  }

  /** Whether so many bytes more can be copied without an array that nobody keeps afterwards. */
  public boolean hasRoomFor(int length) {
    return length <= buffer.length - end || pool.keepsFor(capacityFor(length));
  }

  public void patchShort(int at, int value) {
    buffer[at] = (byte) (value >>> 8);
    buffer[at + 1] = (byte) value;
  }

  public void patchByte(int at, int value) {
    buffer[at] = (byte) value;
  }

  public boolean isEmpty() {
    return start == end && segmentCount == 0;
  }

  /** Bytes that wait to be sent. */
  public long pendingBytes() {
    return (long) end - start + segmentBytes;
  }

  /** Bytes of memory in its own arrays. */
  public int ownBytes() {
    return buffer.length + segments.length * SEGMENT_BYTES;
  }

  /** Drains all that waits. */
  public void drainTo(Sink sink) {
    drainTo(sink, Long.MAX_VALUE);
  }

  /** Drains at most {@code limit} bytes from the front; the rest stays. */
  public void drainTo(Sink sink, long limit) {
    long left = limit;
    while (left > 0 && !isEmpty()) {
      int upTo = segmentCount > 0 ? segmentAt[firstSegment] : end;
      if (upTo > start) {
        int length = (int) Math.min(left, upTo - start);
        sink.copied(buffer, start, length);
        start += length;
        left -= length;
      } else {
        left -= drainSegment(sink, left);
      }
    }
    if (isEmpty()) {
      clear();
    } else if (start > 0 && start >= end - start) {
      moveToFront();
    }
  }

  /** Forgets all that waits. */
  public void clear() {
    giveBuffer();
    start = 0;
    end = 0;
    while (segmentCount > 0) {
      dropFirstSegment();
    }
    segments = NO_SEGMENTS;
    segmentAt = NO_POSITIONS;
    firstSegment = 0;
    sentOfFirst = 0;
    segmentBytes = 0;
  }

  private long drainSegment(Sink sink, long limit) {
    Bytes segment = firstSegment().bytes();
    int length = (int) Math.min(limit, segment.length() - sentOfFirst);
    sink.shared(segment.slice(sentOfFirst, sentOfFirst + length));
    segmentBytes -= length;
    sentOfFirst += length;
    if (sentOfFirst == segment.length()) {
      dropFirstSegment();
    }
    return length;
  }

  private SharedBytes firstSegment() {
    return Objects.requireNonNull(segments[firstSegment]);
  }

  private void dropFirstSegment() {
    pool.addShared(-firstSegment().release());
    segments[firstSegment] = null;
    sentOfFirst = 0;
    firstSegment++;
    segmentCount--;
  }

  /** Keeps every offset, so that a frame that was reserved before can still be patched. */
  private void grow(int length) {
    byte[] larger = pool.take(capacityFor(length));
    System.arraycopy(buffer, start, larger, start, end - start);
    if (buffer.length > 0) {
      pool.give(buffer);
    } else {
      used = 0;
    }
    buffer = larger;
  }

  private int capacityFor(int more) {
    if (end == 0 && used > more && pool.keepsFor(used)) {
      return used;
    }
    return Math.max(Math.addExact(end, more), end * 2);
  }

  private void giveBuffer() {
    if (buffer.length > 0) {
      pool.give(buffer);
      buffer = Bytes.EMPTY.array();
      used = Math.max(used, end);
    }
  }

  /**
   * Called when at least as much has been sent as is left, so it moves no byte twice per byte sent.
   */
  private void moveToFront() {
    if (start == end) {
      giveBuffer();
    } else {
      System.arraycopy(buffer, start, buffer, 0, end - start);
      used = Math.max(used, end);
    }
    for (int i = firstSegment; i < firstSegment + segmentCount; i++) {
      segmentAt[i] -= start;
    }
    end -= start;
    start = 0;
  }

  /**
   * Where drained bytes go. Both kinds of pieces come in the order in which they were appended. A
   * sink never touches the outbox that it drains.
   */
  public interface Sink {
    /** A piece of the outbox's own array: to be copied or written before this returns. */
    void copied(byte[] array, int start, int length);

    /** A piece that never changes and may be kept. */
    void shared(Bytes bytes);
  }
}
