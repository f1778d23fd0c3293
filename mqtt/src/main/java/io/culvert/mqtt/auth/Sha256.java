package io.culvert.mqtt.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** The functions of RFC 5802 §2.2, over SHA-256; and its Base64, of which one form exists. */
final class Sha256 {
  static final int BYTES = 32;

  private static final String HMAC = "HmacSHA256";

  private Sha256() {}

  static byte[] hash(byte[] data) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static byte[] hmac(byte[] key, byte[] data) {
    return mac(key).doFinal(data);
  }

  static byte[] hmac(byte[] key, String text) {
    return hmac(key, text.getBytes(StandardCharsets.UTF_8));
  }

  /** {@code Hi(password, salt, iterations)}: PBKDF2 with one block. */
  static byte[] derive(String password, byte[] salt, int iterations) {
    Mac mac = mac(password.getBytes(StandardCharsets.UTF_8));
    mac.update(salt);
    byte[] step = mac.doFinal(new byte[] {0, 0, 0, 1});
    byte[] sum = step.clone();
    for (int i = 1; i < iterations; i++) {
      step = mac.doFinal(step);
      for (int j = 0; j < BYTES; j++) {
        sum[j] ^= step[j];
      }
    }
    return sum;
  }

  static byte[] xor(byte[] one, byte[] other) {
    byte[] result = one.clone();
    for (int i = 0; i < result.length; i++) {
      result[i] ^= other[i];
    }
    return result;
  }

  static String base64(byte[] data) {
    return Base64.getEncoder().encodeToString(data);
  }

  /** Null for anything but the one form that {@link #base64} would give. */
  static byte @Nullable [] fromBase64(String text) {
    try {
      byte[] data = Base64.getDecoder().decode(text);
      return base64(data).equals(text) ? data : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static Mac mac(byte[] key) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(key, HMAC));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HMAC-SHA-256", e);
    }
  }
}
