package io.culvert.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * Bytes that come one after the other, in arrays of one size: unlike an array that grows it makes
 * no garbage, and none of its arrays is so large that a collector has to treat it in another way.
 */
final class Pieces {
  static final int PIECE_BYTES = 32 * 1024;

  private final List<byte[]> arrays = new ArrayList<>();

  /** What was taken of the first array. */
  private int start;

  private int length;

  int length() {
    return length;
  }

  /** Bytes of memory in its arrays. */
  int heldBytes() {
    return arrays.size() * PIECE_BYTES;
  }

  void add(Bytes chunk) {
    int done = 0;
    while (done < chunk.length()) {
      int at = (start + length) % PIECE_BYTES;
      if (at == 0) {
        arrays.add(new byte[PIECE_BYTES]);
      }
      int part = Math.min(chunk.length() - done, PIECE_BYTES - at);
      byte[] last = arrays.get(arrays.size() - 1);
      System.arraycopy(chunk.array(), chunk.start() + done, last, at, part);
      length += part;
      done += part;
    }
  }

  /** The byte at {@code offset} of all. */
  byte get(int offset) {
    int at = start + offset;
    return arrays.get(at / PIECE_BYTES)[at % PIECE_BYTES];
  }

  /** Takes so many from the front. */
  void moveTo(byte[] target, int targetStart, int count) {
    int done = 0;
    int empty = 0;
    while (done < count) {
      int part = Math.min(count - done, PIECE_BYTES - start);
      System.arraycopy(arrays.get(empty), start, target, targetStart + done, part);
      done += part;
      start += part;
      if (start == PIECE_BYTES) {
        start = 0;
        empty++;
      }
    }
    arrays.subList(0, empty).clear();
    length -= count;
  }
}
