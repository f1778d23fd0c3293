package io.culvert.mqtt.server;

import io.culvert.engine.Engine;
import io.culvert.mqtt.wire.PacketType;
import org.jspecify.annotations.Nullable;

/**
 * How fast one client may send. Beyond its rate it is not read for a while; nothing is lost. In
 * bytes every packet counts; in messages all but acknowledgements, without which nobody would
 * deliver to it.
 */
final class Throttle {
  private final @Nullable TokenBucket messages;
  private final @Nullable TokenBucket bytes;
  private final Counters counters;
  private long pausedUntilMillis = Engine.NO_DEADLINE;

  private Throttle(@Nullable TokenBucket messages, @Nullable TokenBucket bytes, Counters counters) {
    this.messages = messages;
    this.bytes = bytes;
    this.counters = counters;
  }

  /** That of a new connection; null where there is no limit. */
  static @Nullable Throttle of(Limits limits, Counters counters, long nowMillis) {
    TokenBucket messages = bucket(limits.messagesPerSecond(), nowMillis);
    TokenBucket bytes = bucket(limits.bytesPerSecond(), nowMillis);
    return messages == null && bytes == null ? null : new Throttle(messages, bytes, counters);
  }

  /** A packet has come, which is handled; those behind it may have to wait. */
  void took(PacketType type, int sizeBytes, long nowMillis) {
    long readyAt = nowMillis;
    if (messages != null && counts(type)) {
      messages.take(1, nowMillis);
      readyAt = messages.readyAtMillis();
    }
    if (bytes != null) {
      bytes.take(sizeBytes, nowMillis);
      readyAt = Math.max(readyAt, bytes.readyAtMillis());
    }
    if (readyAt > nowMillis && !isPaused()) {
      pausedUntilMillis = readyAt;
      counters.pauseBegins();
    }
  }

  boolean isPaused() {
    return pausedUntilMillis != Engine.NO_DEADLINE;
  }

  /** When to call {@link #resume}. */
  long pausedUntilMillis() {
    return pausedUntilMillis;
  }

  /** The client is read again, or has gone. */
  void resume() {
    if (isPaused()) {
      pausedUntilMillis = Engine.NO_DEADLINE;
      counters.pauseEnds();
    }
  }

  private static @Nullable TokenBucket bucket(long perSecond, long nowMillis) {
    return perSecond == 0 ? null : new TokenBucket(perSecond, nowMillis);
  }

  private static boolean counts(PacketType type) {
    return switch (type) {
      case PUBACK, PUBREC, PUBREL, PUBCOMP -> false;
      default -> true;
    };
  }
}
