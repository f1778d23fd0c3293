package io.culvert.tcp.wire;

import io.culvert.engine.ByteReader;

/** How a header is written. Implementations keep no state. */
public interface HeaderCodec {
  /** Bytes of every header. */
  int headerLength();

  /** Writes {@link #headerLength} bytes to {@code target}, from {@code at} on. */
  void encode(Header header, byte[] target, int at);

  /**
   * Reads one; the reader has at least {@link #headerLength} bytes.
   *
   * @throws FrameViolation if the peer must not send that
   */
  Header decode(ByteReader reader);
}
