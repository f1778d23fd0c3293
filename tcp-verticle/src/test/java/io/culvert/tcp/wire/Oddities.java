package io.culvert.tcp.wire;

import io.vertx.core.json.JsonObject;
import java.util.Set;

/** Where this wire is deliberately not like the reference; see docs/intended-oddities.md. */
public final class Oddities {
  /** Sections of a type that packify 0.2 does not know: it takes them for nothing. */
  static final Set<String> UNKNOWN_TYPE_REFUSED =
      Set.of("one-byte-ff", "garbage", "other-packify-dialect-empty");

  /** The HMAC is right, and the nonce has another length than every sender uses. */
  private static final String NONCE_LENGTH = "nonce-len-";

  /** Bytes were moved from the body to the time or nonce, which the HMAC does not notice. */
  private static final String FORGERY = "boundary-shift-forgery";

  private Oddities() {}

  static boolean refusesCheck(JsonObject vector) {
    String name = Vectors.name(vector);
    return name.startsWith(NONCE_LENGTH) || name.equals(FORGERY);
  }
}
