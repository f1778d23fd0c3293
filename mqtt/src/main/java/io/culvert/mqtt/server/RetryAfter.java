package io.culvert.mqtt.server;

import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.ReasonCode;
import java.util.function.LongSupplier;

/**
 * When refused clients shall come back: at random within a window that grows with each refusal, so
 * that they come back at about {@link #RETURNS_PER_SECOND}. Of one shard.
 */
public final class RetryAfter {
  /** The User Property that tells an MQTT 5 client, in milliseconds. */
  public static final String PROPERTY = "retry-after-ms";

  /** What one event loop bears beside its other work, also where passwords are checked. */
  static final int RETURNS_PER_SECOND = 500;

  static final long SHORTEST_MILLIS = 500;
  static final long LONGEST_MILLIS = 60_000;

  private final LongSupplier random;
  private long windowEndMicros;

  /**
   * @param random chance: any long
   */
  public RetryAfter(LongSupplier random) {
    this.random = random;
  }

  /** The time for one more client. */
  public long next(long nowMillis) {
    long nowMicros = nowMillis * 1000;
    long end = Math.max(windowEndMicros, nowMicros) + 1_000_000 / RETURNS_PER_SECOND;
    windowEndMicros = Math.min(end, nowMicros + (LONGEST_MILLIS - SHORTEST_MILLIS) * 1000);
    return SHORTEST_MILLIS + upTo((windowEndMicros - nowMicros) / 1000);
  }

  /** A time that is no earlier than this, and up to half as much later. */
  long notBefore(long millis) {
    return millis + upTo(millis / 2);
  }

  /** What CONNACK with this code says. */
  public static Properties properties(ReasonCode code, long millis) {
    return Properties.builder()
        .putAll(Reasons.of(PacketType.CONNACK, code))
        .userProperty(PROPERTY, Long.toString(millis))
        .build();
  }

  private long upTo(long most) {
    return Math.floorMod(random.getAsLong(), most + 1);
  }
}
