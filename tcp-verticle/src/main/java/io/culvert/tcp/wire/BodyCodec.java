package io.culvert.tcp.wire;

import io.culvert.engine.Bytes;

/** How URI and content become a body. Implementations keep no state. */
public interface BodyCodec {
  /**
   * Writes one.
   *
   * @throws IllegalArgumentException if it would be too long
   */
  Bytes encode(Bytes uri, Bytes content);

  /**
   * Reads one; the parts may refer to {@code encoded}.
   *
   * @throws FrameViolation if it cannot be understood
   */
  Body decode(Bytes encoded);

  /** The parts of a body. */
  record Body(Bytes uri, Bytes content) {}
}
