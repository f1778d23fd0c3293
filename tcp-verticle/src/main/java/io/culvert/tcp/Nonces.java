package io.culvert.tcp;

import io.culvert.engine.Bytes;
import io.culvert.tcp.wire.FrameHmac;
import java.security.SecureRandom;
import java.util.function.Supplier;

/** Makes nonces; asks the system for many at a time, because each question costs a call. */
final class Nonces implements Supplier<Bytes> {
  private static final int BATCH_BYTES = 64 * FrameHmac.NONCE_BYTES;

  private final SecureRandom random = new SecureRandom();
  private byte[] batch = new byte[0];
  private int used;

  Nonces() {}

  @Override
  public synchronized Bytes get() {
    if (used == batch.length) {
      batch = new byte[BATCH_BYTES];
      random.nextBytes(batch);
      used = 0;
    }
    Bytes nonce = Bytes.wrap(batch, used, FrameHmac.NONCE_BYTES);
    used += FrameHmac.NONCE_BYTES;
    return nonce;
  }
}
