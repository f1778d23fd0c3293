package io.culvert.rpc.protocol;

import io.culvert.engine.Bytes;
import io.culvert.rpc.protocol.Payload.General;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether a device is there: its own word or, when it is gone, what the server says for it. Kept by
 * the server at {@code namespace/rpc/system/tag/presence}.
 *
 * @param saidMillis since 1970 by the clock of the device, when it made this; null for no number
 */
public record Presence(String tag, boolean online, @Nullable Long saidMillis) {
  /** More than ever will be said, and little for as many devices as there may be. */
  private static final int MAXIMUM_BYTES = 4096;

  private static final PayloadCodec CODEC =
      new PayloadCodec(PayloadRules.DEFAULT.withMaximumBytes(MAXIMUM_BYTES));

  private static final String SUBSYSTEM = "rpc";
  private static final String NAME = "presence";
  private static final String ONLINE = "online";

  /** Where a device says it. */
  public static String topic(String namespace, String tag) {
    return new RpcTopic(namespace, SUBSYSTEM, RpcTopic.Type.SYSTEM, tag, NAME).text();
  }

  /** Where all devices do. */
  public static String filter(String namespace) {
    return String.join("/", namespace, SUBSYSTEM, RpcTopic.Type.SYSTEM.level(), "+", NAME);
  }

  /** As it is said. */
  public static Bytes payload(boolean online, Timestamp now) {
    return CODEC.encode(new General(Map.of(ONLINE, online), now));
  }

  /** The tag of the device that this topic is for; null for another topic. */
  public static @Nullable String tag(String topic) {
    RpcTopic parsed = RpcTopic.find(topic);
    return parsed != null
            && parsed.type() == RpcTopic.Type.SYSTEM
            && parsed.subsystem().equals(SUBSYSTEM)
            && parsed.requestId().equals(NAME)
        ? parsed.tag()
        : null;
  }

  /**
   * What is said of this device.
   *
   * @throws PayloadViolation when nothing is that is understood
   */
  public static Presence read(String tag, Bytes payload) {
    Payload said = CODEC.decode(payload);
    if (said instanceof General
        && said.body() instanceof Map<?, ?> body
        && body.get(ONLINE) instanceof Boolean online) {
      Object millis = said.timestamp().value();
      return new Presence(tag, online, millis instanceof Long number ? number : null);
    }
    throw new PayloadViolation("body.online", "is neither true nor false");
  }
}
