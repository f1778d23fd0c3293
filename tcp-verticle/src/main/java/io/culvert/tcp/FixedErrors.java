package io.culvert.tcp;

import io.culvert.engine.Bytes;
import io.culvert.tcp.wire.Message;
import java.util.HashMap;
import java.util.Map;

/**
 * Errors that say the same to everybody, signed once a second and not for each: strangers who
 * provoke them shall not cost an HMAC each. Single-threaded.
 */
final class FixedErrors {
  private static final long KEPT_MILLIS = 1000;

  /** There are two texts; an application may have a few of its own. */
  private static final int MOST = 8;

  private final Framing framing;
  private final Map<Message, Bytes> frames = new HashMap<>();
  private long keptUntilMillis;

  FixedErrors(Framing framing) {
    this.framing = framing;
  }

  /** The signed frame of an error. */
  Bytes frame(Message error, long nowMillis) {
    if (nowMillis >= keptUntilMillis || frames.size() >= MOST) {
      frames.clear();
      keptUntilMillis = nowMillis + KEPT_MILLIS;
    }
    return frames.computeIfAbsent(error, made -> framing.encode(made, true, null));
  }
}
