package io.culvert.mqtt.auth;

import io.culvert.engine.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The grammar of SCRAM messages (RFC 5802 §7), as far as both sides need it. */
final class ScramText {
  /** Of one message: the longest name and nonce fit twice. */
  static final int LONGEST_MESSAGE = 8192;

  private static final int LONGEST_NONCE = 512;
  private static final int NONCE_LONGS = 3;

  /** Digits of the largest number that is anywhere allowed. */
  private static final int LONGEST_NUMBER = 7;

  private ScramText() {}

  /** A message as text; null when it is too long or no UTF-8. */
  static @Nullable String decode(Bytes message) {
    if (message.length() > LONGEST_MESSAGE) {
      return null;
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(message.array(), message.start(), message.length()))
          .toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  static String[] parts(String message) {
    return message.split(",", -1);
  }

  /** The value of {@code name=value}; null when the part has another name, or there is no part. */
  static @Nullable String value(String[] parts, int index, char name) {
    if (index < 0 || index >= parts.length) {
      return null;
    }
    String part = parts[index];
    boolean named = part.length() > 2 && part.charAt(0) == name && part.charAt(1) == '=';
    return named ? part.substring(2) : null;
  }

  /** Printable ASCII without comma, which has split the message already. */
  static boolean isNonce(@Nullable String text) {
    return text != null
        && text.length() <= LONGEST_NONCE
        && text.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }

  /** A nonce of 192 bits. */
  static String nonce(LongSupplier random) {
    ByteBuffer bytes = ByteBuffer.allocate(NONCE_LONGS * Long.BYTES);
    while (bytes.hasRemaining()) {
      bytes.putLong(random.getAsLong());
    }
    return Sha256.base64(bytes.array());
  }

  /** Takes {@code =2C} and {@code =3D} for comma and equals sign; null for any other use of it. */
  static @Nullable String unescape(String saslName) {
    StringBuilder name = new StringBuilder(saslName.length());
    for (int i = 0; i < saslName.length(); i++) {
      char c = saslName.charAt(i);
      if (c != '=') {
        name.append(c);
      } else if (saslName.startsWith("=2C", i) || saslName.startsWith("=3D", i)) {
        name.append(saslName.charAt(i + 1) == '2' ? ',' : '=');
        i += 2;
      } else {
        return null;
      }
    }
    return name.toString();
  }

  static String escape(String name) {
    return name.replace("=", "=3D").replace(",", "=2C");
  }

  /** A number without sign or leading zero that is not too large for any use; else null. */
  static @Nullable Integer number(String text) {
    boolean good =
        !text.isEmpty()
            && text.length() <= LONGEST_NUMBER
            && text.charAt(0) != '0'
            && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return good ? Integer.valueOf(text) : null;
  }
}
