package io.culvert.rpc.protocol;

import io.culvert.engine.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * Names one state of a resource. RFC 7252 §5.10.6.
 *
 * @param bytes 1 to 8; in a condition 0, too, for any state
 */
public record ETag(Bytes bytes) {
  /** In If-Match: any state, as long as there is one. */
  public static final ETag ANY = new ETag(Bytes.EMPTY);

  private static final int MAXIMUM_LENGTH = 8;

  public ETag {
    if (bytes.length() > MAXIMUM_LENGTH) {
      throw new IllegalArgumentException("an ETag of " + bytes.length() + " bytes");
    }
  }

  /** Of a version that is counted. */
  public static ETag ofVersion(long version) {
    byte[] bytes = new byte[Long.BYTES];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (version >>> (Long.SIZE - Byte.SIZE * (i + 1)));
    }
    return new ETag(Bytes.wrap(bytes));
  }

  /** Of content: its digest. */
  public static ETag ofContent(Bytes content) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(content.array(), content.start(), content.length());
      return new ETag(Bytes.wrap(digest.digest(), 0, MAXIMUM_LENGTH).copy());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static ETag parse(String base64) {
    return new ETag(Bytes.wrap(Base64.getDecoder().decode(base64)));
  }

  /** As on the wire: Base64. */
  public String text() {
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  @Override
  public String toString() {
    return text();
  }
}
