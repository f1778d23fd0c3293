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

  private static final int INNER = 0x36;
  private static final int OUTER = 0x5c;

  private static final int SHORT_BELOW_BYTES = 32;
  private static final byte[] HASHED_MAC =
      sha256().digest("mac".getBytes(StandardCharsets.US_ASCII));

  /** Only cloned, which is cheaper than a new one. */
  private static final MessageDigest BLANK = sha256();

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
      case H9 -> { // with a key for this message alone
        byte[] key = keyFor(nonce);
        yield Keyed.mac(begun(key, INNER), begun(key, OUTER), Bytes.EMPTY, time, body);
      }
    };
  }

  private byte[] keyFor(Bytes nonce) {
    MessageDigest digest = copy(BLANK);
    digest.update(nonce.array(), nonce.start(), nonce.length());
    byte[] hashedNonce = digest.digest(); // which begins anew
    digest.update(hashedKey);
    digest.update(hashedNonce);
    digest.update(HASHED_MAC);
    return digest.digest();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** A digest that has taken in a padded key. */
  private static MessageDigest begun(byte[] key, int pad) {
    byte[] padded = Arrays.copyOf(key, PADDED_BYTES);
    for (int i = 0; i < padded.length; i++) {
      padded[i] ^= (byte) pad;
    }
    MessageDigest digest = copy(BLANK);
    digest.update(padded);
    return digest;
  }

  private static MessageDigest copy(MessageDigest digest) {
    try {
      return (MessageDigest) digest.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("SHA-256 of this JDK cannot be cloned", e);
    }
  }

  /** Digests that have taken in a padded key; they are only cloned. */
  private record Keyed(MessageDigest inner, MessageDigest outer) {
    static Keyed of(byte[] key) {
      return new Keyed(begun(key, INNER), begun(key, OUTER));
    }

    byte[] mac(Bytes first, Bytes second, Bytes third) {
      return mac(copy(inner), copy(outer), first, second, third);
    }

    static byte[] mac(
        MessageDigest inner, MessageDigest outer, Bytes first, Bytes second, Bytes third) {
      update(inner, first);
      update(inner, second);
      update(inner, third);
      outer.update(inner.digest());
      return outer.digest();
    }

    private static void update(MessageDigest digest, Bytes bytes) {
      digest.update(bytes.array(), bytes.start(), bytes.length());
    }
  }
}
