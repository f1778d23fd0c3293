package io.culvert.tcp.wire;

import io.culvert.engine.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * The HMAC of netaio with one secret. It is not that of RFC 2104: keys are padded to 136 bytes
 * instead of the 64 of a block of SHA-256, and {@link HmacScheme#H2} hashes the key once more when
 * the message is shorter than 32 bytes. Immutable; may be used by several threads.
 */
public final class FrameHmac {
  /** Of every HMAC. */
  public static final int BYTES = 32;

  /** Of every nonce that is made, and the only ones that are accepted. */
  public static final int NONCE_BYTES = 16;

  /** The block of the hash that the reference had in mind. */
  private static final int PADDED_BYTES = 136;

  private static final int SHORT_BELOW_BYTES = 32;
  private static final byte[] MAC = "mac".getBytes(StandardCharsets.US_ASCII);

  private final HmacScheme scheme;
  private final byte[] hashedKey;
  private final Keyed usual;
  private final Keyed forShort;

  private FrameHmac(HmacScheme scheme, Bytes secret) {
    this.scheme = scheme;
    byte[] key = sha256().digest(secret.toByteArray());
    this.hashedKey = sha256().digest(key);
    this.usual = Keyed.of(key);
    this.forShort = Keyed.of(hashedKey);
  }

  /** With a secret of any length; whoever configures one refuses short ones. */
  public static FrameHmac of(HmacScheme scheme, Bytes secret) {
    return new FrameHmac(scheme, secret);
  }

  /**
   * The HMAC of a message.
   *
   * @param time seconds as four bytes, as all versions take it into the hash
   * @param body as it is sent
   */
  public byte[] of(Bytes nonce, Bytes time, Bytes body) {
    return switch (scheme) {
      case H2 -> {
        int length = nonce.length() + time.length() + body.length();
        yield (length < SHORT_BELOW_BYTES ? forShort : usual).mac(nonce, time, body);
      }
      case H9 -> Keyed.of(keyFor(nonce)).mac(Bytes.EMPTY, time, body);
    };
  }

  private byte[] keyFor(Bytes nonce) {
    MessageDigest whole = sha256();
    whole.update(hashedKey);
    whole.update(sha256().digest(nonce.toByteArray()));
    whole.update(sha256().digest(MAC));
    return whole.digest();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Digests that have taken in a padded key; they are only cloned. */
  private record Keyed(MessageDigest inner, MessageDigest outer) {
    static Keyed of(byte[] key) {
      return new Keyed(begun(key, 0x36), begun(key, 0x5c));
    }

    byte[] mac(Bytes first, Bytes second, Bytes third) {
      MessageDigest digest = copy(inner);
      update(digest, first);
      update(digest, second);
      update(digest, third);
      byte[] within = digest.digest();
      digest = copy(outer);
      digest.update(within);
      return digest.digest();
    }

    private static MessageDigest begun(byte[] key, int pad) {
      byte[] padded = Arrays.copyOf(key, PADDED_BYTES);
      for (int i = 0; i < padded.length; i++) {
        padded[i] ^= (byte) pad;
      }
      MessageDigest digest = sha256();
      digest.update(padded);
      return digest;
    }

    private static void update(MessageDigest digest, Bytes bytes) {
      digest.update(bytes.array(), bytes.start(), bytes.length());
    }

    private static MessageDigest copy(MessageDigest digest) {
      try {
        return (MessageDigest) digest.clone();
      } catch (CloneNotSupportedException e) {
        throw new IllegalStateException("SHA-256 of this JDK cannot be cloned", e);
      }
    }
  }
}
