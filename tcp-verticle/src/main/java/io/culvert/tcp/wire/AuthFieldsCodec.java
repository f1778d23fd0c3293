package io.culvert.tcp.wire;

import io.culvert.engine.Bytes;

/** How authentication fields are written. Implementations keep no state. */
public interface AuthFieldsCodec {
  /**
   * Writes them.
   *
   * @throws IllegalArgumentException if a value cannot be written
   */
  Bytes encode(AuthFields fields);

  /**
   * Reads them; trailing bytes are ignored. What is returned may refer to {@code encoded}.
   *
   * @throws FrameViolation if they cannot be understood
   */
  AuthFields decode(Bytes encoded);
}
