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
      int at = length % PIECE_BYTES;
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
    return arrays.get(offset / PIECE_BYTES)[offset % PIECE_BYTES];
  }

  void copyTo(byte[] target, int start) {
    for (int done = 0; done < length; done += PIECE_BYTES) {
      byte[] piece = arrays.get(done / PIECE_BYTES);
      System.arraycopy(piece, 0, target, start + done, Math.min(PIECE_BYTES, length - done));
    }
  }
}
