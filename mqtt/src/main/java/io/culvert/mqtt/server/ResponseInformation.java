package io.culvert.mqtt.server;

import io.culvert.engine.Bytes;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Where a client may wait for responses: what CONNACK says to those who ask. */
final class ResponseInformation {
  /** Stands for the Client Identifier. */
  private static final String CLIENT_ID = "%c";

  private ResponseInformation() {}

  /** The configured text for this client, or null where there is none. */
  static @Nullable String of(Limits limits, String clientId) {
    String template = limits.responseInformation();
    if (template.isEmpty()) {
      return null;
    }
    String text = template.replace(CLIENT_ID, oneLevel(clientId));
    // A topic that nobody could publish to would help nobody.
    return SubscribeChecks.fits(Bytes.utf8(text), limits) ? text : null;
  }

  /**
   * A Client Identifier may be any text: as part of a topic it must neither reach other levels nor
   * be a wildcard, and no two clients may come to the same one. What could do so is
   * percent-encoded.
   */
  private static String oneLevel(String clientId) {
    StringBuilder level = new StringBuilder(clientId.length());
    for (int i = 0; i < clientId.length(); i++) {
      char c = clientId.charAt(i);
      if (Character.isISOControl(c) || "%/+#$".indexOf(c) >= 0) {
        for (byte b : String.valueOf(c).getBytes(StandardCharsets.UTF_8)) {
          level.append(String.format("%%%02X", b & 0xff));
        }
      } else {
        level.append(c);
      }
    }
    return level.toString();
  }
}
