package io.culvert.rpc;

import io.culvert.rpc.protocol.RequestId;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.UUID;

/** Ids that nobody has used before and nobody can guess: UUIDs of version 4. On one thread. */
final class RequestIds {
  /** The source of chance is slow to ask and quick to give. */
  private static final int AT_ONCE = 256;

  private final SecureRandom random = new SecureRandom();
  private final ByteBuffer bytes = ByteBuffer.allocate(AT_ONCE * 2 * Long.BYTES);

  RequestIds() {
    bytes.limit(0);
  }

  RequestId next() {
    if (!bytes.hasRemaining()) {
      random.nextBytes(bytes.array());
      bytes.clear();
    }
    return RequestId.of(
        new UUID(
            (bytes.getLong() & 0xFFFF_FFFF_FFFF_0FFFL) | 0x4000L,
            (bytes.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L));
  }
}
