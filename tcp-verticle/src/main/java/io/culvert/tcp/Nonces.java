package io.culvert.tcp;

import io.culvert.engine.Bytes;
import io.culvert.tcp.wire.FrameHmac;
import io.culvert.tcp.wire.NonceSource;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes nonces that nobody foresees and that it knows again without remembering them: a number and
 * eight zeros, as one block of AES with a key that nobody else has. Another's nonce is taken for an
 * own one once in 2<sup>64</sup> times.
 */
final class Nonces implements NonceSource {
  private static final int KEY_BYTES = 16;

  /** Each message of the cipher is one block, for which a vector would do nothing. */
  private static final IvParameterSpec NO_VECTOR = new IvParameterSpec(new byte[16]);

  private final boolean knowsOwn;
  private final Cipher encrypt;
  private final Cipher decrypt;
  private long next;

  /**
   * @param knowsOwn whether it looks for its own; a client must not where servers of netaio answer
   *     with the very message that they have got, nonce included
   */
  Nonces(boolean knowsOwn) {
    this.knowsOwn = knowsOwn;
    byte[] key = new byte[KEY_BYTES];
    SecureRandom random = new SecureRandom();
    random.nextBytes(key);
    this.encrypt = cipher(Cipher.ENCRYPT_MODE, key);
    this.decrypt = cipher(Cipher.DECRYPT_MODE, key);
  }

  @Override
  public synchronized Bytes next() {
    return Bytes.wrap(
        crypt(encrypt, ByteBuffer.allocate(FrameHmac.NONCE_BYTES).putLong(next++).array(), 0));
  }

  @Override
  public synchronized boolean isOwn(Bytes nonce) {
    if (!knowsOwn) {
      return false;
    }
    byte[] block = crypt(decrypt, nonce.array(), nonce.start());
    return ByteBuffer.wrap(block).getLong(Long.BYTES) == 0;
  }

  private static byte[] crypt(Cipher cipher, byte[] array, int start) {
    try {
      return cipher.doFinal(array, start, FrameHmac.NONCE_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES cannot do one block", e);
    }
  }

  private static Cipher cipher(int mode, byte[] key) {
    try {
      Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding");
      cipher.init(mode, new SecretKeySpec(key, "AES"), NO_VECTOR);
      return cipher;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES", e);
    }
  }
}
