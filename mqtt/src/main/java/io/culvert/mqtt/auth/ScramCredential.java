package io.culvert.mqtt.auth;

import io.culvert.engine.Bytes;

/**
 * What a server keeps of one user's password for SCRAM-SHA-256: enough to check proofs of it, not
 * enough to make any. Whoever has it can still guess passwords, and pose as the server.
 *
 * @param iterations of the password's hash
 * @param salt of the password's hash
 * @param storedKey 32 bytes
 * @param serverKey 32 bytes
 */
public record ScramCredential(int iterations, Bytes salt, Bytes storedKey, Bytes serverKey) {
  /** RFC 7677 §4 allows no less. */
  public static final int MINIMUM_ITERATIONS = 4096;

  /** About a second's work for a computer: more would stop a client that believes any server. */
  public static final int MAXIMUM_ITERATIONS = 1_000_000;

  /** Some hundredths of a second for a computer, and bearable for a small device. */
  public static final int DEFAULT_ITERATIONS = 32_768;

  /** Bytes of a salt that is made for a new password. */
  public static final int SALT_BYTES = 16;

  /** Bytes of salts that others may have made. */
  static final int SHORTEST_SALT = 8;

  static final int LONGEST_SALT = 64;

  private static final String SCHEME = "SCRAM-SHA-256$";

  public ScramCredential {
    checkIterations(iterations);
    if (salt.length() < SHORTEST_SALT || salt.length() > LONGEST_SALT) {
      throw new IllegalArgumentException("the salt has not 8 to 64 bytes");
    }
    if (storedKey.length() != Sha256.BYTES || serverKey.length() != Sha256.BYTES) {
      throw new IllegalArgumentException("StoredKey and ServerKey have not 32 bytes each");
    }
    salt = salt.copy();
    storedKey = storedKey.copy();
    serverKey = serverKey.copy();
  }

  /**
   * The credential of a password. Takes as long as the iterations make it.
   *
   * @throws IllegalArgumentException when {@link SaslPrep} refuses the password
   */
  public static ScramCredential derive(String password, Bytes salt, int iterations) {
    checkIterations(iterations);
    String prepared = prepare("the password", password);
    byte[] salted = Sha256.derive(prepared, salt.toByteArray(), iterations);
    return ofSalted(salted, salt, iterations);
  }

  /**
   * Reads the form of RFC 5803: {@code SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey}, all but
   * the iterations in Base64.
   *
   * @throws IllegalArgumentException for any other text; the message does not repeat it
   */
  public static ScramCredential parse(String text) {
    if (!text.startsWith(SCHEME)) {
      throw new IllegalArgumentException("does not begin with " + SCHEME);
    }
    String[] halves = text.substring(SCHEME.length()).split("\\$", -1);
    String[] info = halves[0].split(":", -1);
    String[] keys = halves[halves.length - 1].split(":", -1);
    if (halves.length != 2 || info.length != 2 || keys.length != 2) {
      throw new IllegalArgumentException(
          "is not of the form " + SCHEME + "iterations:salt$StoredKey:ServerKey");
    }
    return new ScramCredential(
        iterations(info[0]),
        base64("salt", info[1]),
        base64("StoredKey", keys[0]),
        base64("ServerKey", keys[1]));
  }

  /** As one line in the form of RFC 5803, to be kept as carefully as a password. */
  public String print() {
    return SCHEME
        + iterations
        + ":"
        + Sha256.base64(salt.toByteArray())
        + "$"
        + Sha256.base64(storedKey.toByteArray())
        + ":"
        + Sha256.base64(serverKey.toByteArray());
  }

  /** Without secrets. */
  @Override
  public String toString() {
    return "ScramCredential[" + iterations + " iterations]";
  }

  /** RFC 5802 §3, from SaltedPassword on. */
  static ScramCredential ofSalted(byte[] saltedPassword, Bytes salt, int iterations) {
    byte[] storedKey = Sha256.hash(clientKey(saltedPassword));
    byte[] serverKey = Sha256.hmac(saltedPassword, "Server Key");
    return new ScramCredential(iterations, salt, Bytes.wrap(storedKey), Bytes.wrap(serverKey));
  }

  static byte[] clientKey(byte[] saltedPassword) {
    return Sha256.hmac(saltedPassword, "Client Key");
  }

  private static void checkIterations(int iterations) {
    if (iterations < MINIMUM_ITERATIONS || iterations > MAXIMUM_ITERATIONS) {
      throw new IllegalArgumentException(
          "the iterations are not " + MINIMUM_ITERATIONS + " to " + MAXIMUM_ITERATIONS);
    }
  }

  private static String prepare(String what, String text) {
    try {
      return SaslPrep.prepare(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(what + " " + e.getMessage(), e);
    }
  }

  private static int iterations(String text) {
    Integer iterations = ScramText.number(text);
    if (iterations == null) {
      throw new IllegalArgumentException("the iterations are not a number");
    }
    return iterations;
  }

  private static Bytes base64(String what, String text) {
    byte[] data = Sha256.fromBase64(text);
    if (data == null) {
      throw new IllegalArgumentException("the " + what + " is not Base64");
    }
    return Bytes.wrap(data);
  }
}
