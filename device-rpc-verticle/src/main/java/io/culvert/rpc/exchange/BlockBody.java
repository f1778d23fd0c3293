package io.culvert.rpc.exchange;

import io.culvert.engine.Bytes;
import io.culvert.rpc.protocol.Block;
import io.culvert.rpc.protocol.PayloadRules;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** A body that grows by blocks, and what blocks are in a payload: Base64. */
final class BlockBody {
  private byte[] array = {};
  private int length;

  /** How a body is read that has come in blocks. */
  static PayloadRules rules(PayloadRules rules, int bodyBytes) {
    return rules.withMaximumBytes(Math.max(rules.maximumBytes(), bodyBytes));
  }

  /** The content of a block, or null when it is none. */
  static @Nullable Bytes decode(@Nullable Object body) {
    if (!(body instanceof String base64)) {
      return null;
    }
    try {
      return Bytes.wrap(Base64.getDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** The content of one block of a body, as it is sent. */
  static String encode(Bytes whole, long offset, int sizeBytes) {
    int from = (int) offset;
    int to = Math.min(whole.length(), from + sizeBytes);
    return Base64.getEncoder().encodeToString(whole.slice(from, to).toByteArray());
  }

  /** Whether a body has a block of this number. */
  static boolean has(Bytes whole, Block block) {
    return block.offset() < whole.length();
  }

  /** The block of this number as it is, with what it tells of others. */
  static Block of(Bytes whole, int number, int sizeBytes) {
    return new Block(number, ((long) number + 1) * sizeBytes < whole.length(), sizeBytes);
  }

  void append(Bytes part) {
    if (array.length - length < part.length()) {
      array = Arrays.copyOf(array, Math.max(length + part.length(), length * 2));
    }
    part.copyTo(array, length);
    length += part.length();
  }

  int length() {
    return length;
  }

  Bytes bytes() {
    return Bytes.wrap(array, 0, length);
  }
}
