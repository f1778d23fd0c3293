package io.culvert.broker.auth;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What is kept of a password, in the text forms of Mosquitto's password files: {@code
 * $7$iterations$salt$hash} is PBKDF2 with HMAC-SHA-512 (RFC 8018 §5.2, one block), {@code
 * $6$salt$hash} the older SHA-512 over password and salt, which is read but not made.
 */
public final class PasswordHash {
  /** Some hundredths of a second of a processor for each guess. */
  public static final int DEFAULT_ITERATIONS = 20_000;

  /** About a second for a processor; one login must not stop the others. */
  public static final int MAXIMUM_ITERATIONS = 2_000_000;

  /** Bytes of a salt that is made for a new password. */
  public static final int SALT_BYTES = 16;

  private static final int HASH_BYTES = 64;
  private static final int MOST_SALT_BYTES = 128;
  private static final String HMAC = "HmacSHA512";
  private static final String PBKDF2 = "$7$";
  private static final String SHA512 = "$6$";

  /** 0 for the older form. */
  private final int iterations;

  private final byte[] salt;
  private final byte[] hash;

  private PasswordHash(int iterations, byte[] salt, byte[] hash) {
    this.iterations = iterations;
    this.salt = salt;
    this.hash = hash;
  }

  /**
   * Of a new password. Takes as long as the iterations make it.
   *
   * @param iterations 1 to {@link #MAXIMUM_ITERATIONS}
   */
  public static PasswordHash of(byte[] password, byte[] salt, int iterations) {
    checkIterations(iterations);
    return new PasswordHash(iterations, salt.clone(), pbkdf2(password, salt, iterations));
  }

  /**
   * Reads one of the two forms.
   *
   * @throws IllegalArgumentException for any other text; the message does not repeat it
   */
  public static PasswordHash parse(String text) {
    String[] parts = text.split("\\$", -1);
    if (text.startsWith(PBKDF2) && parts.length == 5) {
      return new PasswordHash(iterations(parts[2]), salt(parts[3]), hash(parts[4]));
    }
    if (text.startsWith(SHA512) && parts.length == 4) {
      return new PasswordHash(0, salt(parts[2]), hash(parts[3]));
    }
    throw new IllegalArgumentException("is not of the form $7$iterations$salt$hash");
  }

  /** Whether it is of this password; takes the same time whatever is wrong. */
  public boolean matches(byte[] password) {
    byte[] found = iterations == 0 ? sha512(password, salt) : pbkdf2(password, salt, iterations);
    return MessageDigest.isEqual(found, hash);
  }

  /** The text that {@link #parse} reads. */
  public String print() {
    Base64.Encoder base64 = Base64.getEncoder();
    String end = base64.encodeToString(salt) + "$" + base64.encodeToString(hash);
    return iterations == 0 ? SHA512 + end : PBKDF2 + iterations + "$" + end;
  }

  /** Without secrets. */
  @Override
  public String toString() {
    return iterations == 0 ? "PasswordHash[SHA-512]" : "PasswordHash[" + iterations + "]";
  }

  static void checkIterations(int iterations) {
    if (iterations < 1 || iterations > MAXIMUM_ITERATIONS) {
      throw new IllegalArgumentException("the iterations are not 1 to " + MAXIMUM_ITERATIONS);
    }
  }

  private static int iterations(String text) {
    if (!text.matches("[0-9]{1,7}")) {
      throw new IllegalArgumentException("the iterations are not 1 to " + MAXIMUM_ITERATIONS);
    }
    int iterations = Integer.parseInt(text);
    checkIterations(iterations);
    return iterations;
  }

  private static byte[] salt(String text) {
    byte[] salt = base64("salt", text);
    if (salt.length == 0 || salt.length > MOST_SALT_BYTES) {
      throw new IllegalArgumentException("the salt has not 1 to " + MOST_SALT_BYTES + " bytes");
    }
    return salt;
  }

  private static byte[] hash(String text) {
    byte[] hash = base64("hash", text);
    if (hash.length != HASH_BYTES) {
      throw new IllegalArgumentException("the hash has not " + HASH_BYTES + " bytes");
    }
    return hash;
  }

  private static byte[] base64(String what, String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("the " + what + " is not Base64", e);
    }
  }

  private static byte[] sha512(byte[] password, byte[] salt) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-512");
      digest.update(password);
      return digest.digest(salt);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has SHA-512", e);
    }
  }

  private static byte[] pbkdf2(byte[] password, byte[] salt, int iterations) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      // HMAC pads a key with zeros, so that an empty one is the same as one zero.
      mac.init(new SecretKeySpec(password.length == 0 ? new byte[1] : password, HMAC));
      mac.update(salt);
      byte[] step = mac.doFinal(new byte[] {0, 0, 0, 1});
      byte[] sum = step.clone();
      for (int i = 1; i < iterations; i++) {
        step = mac.doFinal(step);
        for (int j = 0; j < HASH_BYTES; j++) {
          sum[j] ^= step[j];
        }
      }
      return sum;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HMAC-SHA-512", e);
    }
  }
}
