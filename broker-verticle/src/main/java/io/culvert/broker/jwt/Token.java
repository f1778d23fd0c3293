package io.culvert.broker.jwt;

import io.culvert.engine.Bytes;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A signed token as it came, of which nothing is proven.
 *
 * @param text as it came
 * @param algorithm that its header names
 * @param keyId that its header names, or null
 */
record Token(String text, String algorithm, @Nullable String keyId) {
  /** Several times what an identity provider makes. */
  private static final int LONGEST_BYTES = 16 << 10;

  /** How a JSON object begins in Base64. */
  private static final String START = "eyJ";

  /** Whether somebody means this to be a token: three parts, of which the first is an object. */
  static boolean isOne(@Nullable Bytes password) {
    if (password == null || password.length() < START.length()) {
      return false;
    }
    int dots = 0;
    for (int i = 0; i < password.length(); i++) {
      int at = password.get(i);
      if (i < START.length() && at != START.charAt(i)) {
        return false;
      }
      dots += at == '.' ? 1 : 0;
    }
    return dots == 2;
  }

  /**
   * What {@link #isOne} has found to be meant as one.
   *
   * @return null where it is malformed
   */
  static @Nullable Token parse(Bytes password) {
    if (password.length() > LONGEST_BYTES) {
      return null;
    }
    String text = new String(password.toByteArray(), StandardCharsets.ISO_8859_1);
    try {
      byte[] header = Base64.getUrlDecoder().decode(text.substring(0, text.indexOf('.')));
      JsonObject json = new JsonObject(Buffer.buffer(header));
      boolean isPlain =
          json.getValue("alg") instanceof String && !json.containsKey("crit"); // RFC 7515 §4.1.11
      Object keyId = json.getValue("kid");
      return isPlain && (keyId == null || keyId instanceof String)
          ? new Token(text, json.getString("alg"), (String) keyId)
          : null;
    } catch (IllegalArgumentException | DecodeException | ClassCastException malformed) {
      return null;
    }
  }

  /** Without the token, which is a password. */
  @Override
  public String toString() {
    return "Token[" + algorithm + "]";
  }
}
