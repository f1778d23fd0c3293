package io.culvert.rpc.exchange;

import io.culvert.engine.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * A message as a link carries it. What MQTT 3.1.1 has no field for is null when it comes and left
 * away when it goes.
 *
 * @param qos 0 to 2
 * @param expirySeconds for which it is worth something, or null
 * @param responseTopic where the answer is expected, or null
 * @param correlationData what the answer must carry, or null
 */
public record RpcMessage(
    String topic,
    Bytes payload,
    int qos,
    @Nullable Long expirySeconds,
    @Nullable String responseTopic,
    @Nullable Bytes correlationData) {
  private static final long MILLIS_PER_SECOND = 1000;

  /** With nothing but what MQTT 3.1.1 has. */
  public static RpcMessage of(String topic, Bytes payload) {
    return new RpcMessage(topic, payload, 0, null, null, null);
  }

  /** Seconds that are no less than these milliseconds; at least one. */
  static long secondsFor(long millis) {
    return Math.max(1, (millis + MILLIS_PER_SECOND - 1) / MILLIS_PER_SECOND);
  }
}
