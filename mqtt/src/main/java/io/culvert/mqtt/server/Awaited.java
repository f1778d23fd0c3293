package io.culvert.mqtt.server;

import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** What has to happen before something else may: how much of it is still to come. */
final class Awaited {
  private int left = 1;
  private @Nullable LongConsumer then;

  /** One more; {@link #done} follows. */
  void more() {
    left++;
  }

  /** One of them has happened. */
  void done(long nowMillis) {
    LongConsumer action = then;
    if (--left == 0 && action != null) {
      action.accept(nowMillis);
    }
  }

  /** All that there is to wait for is named. */
  void then(LongConsumer action, long nowMillis) {
    then = action;
    done(nowMillis);
  }
}
