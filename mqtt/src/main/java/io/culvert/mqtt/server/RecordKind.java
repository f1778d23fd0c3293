package io.culvert.mqtt.server;

import io.culvert.engine.Bytes;
import java.util.List;

/** What a durable record of a broker is, in words for people who look into a store. */
public final class RecordKind {
  /** In the order of the kinds in the keys. */
  private static final List<String> OF_SESSIONS =
      List.of(
          "sessions",
          "subscriptions",
          "QoS 2 messages that were received and not released",
          "packet identifiers in use",
          "messages that wait or are not acknowledged",
          "QoS 2 messages that are being passed on");

  private RecordKind() {}

  /**
   * Of the record with this key, in the plural, such as {@code sessions}; {@code others} where the
   * key is none of a broker.
   */
  public static String of(Bytes key) {
    if (RecordKeys.isRetained(key)) {
      return "retained messages";
    }
    if (RecordKeys.isPayload(key)) {
      return "payloads of several sessions";
    }
    if (RecordKeys.isOfSession(key) && RecordKeys.kind(key) < OF_SESSIONS.size()) {
      return OF_SESSIONS.get(RecordKeys.kind(key));
    }
    return "others";
  }
}
