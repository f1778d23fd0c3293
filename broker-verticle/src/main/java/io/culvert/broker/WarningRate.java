package io.culvert.broker;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/**
 * How many warnings there may be in a second, whichever shards they come from. At the turn of a
 * second it may be one more per shard.
 */
final class WarningRate {
  private final Logger log;
  private final int perSecond;
  private final AtomicLong second = new AtomicLong();
  private final AtomicInteger asked = new AtomicInteger();

  WarningRate(Logger log, int perSecond) {
    this.log = log;
    this.perSecond = perSecond;
  }

  boolean mayWarn(long nowMillis) {
    long now = Math.floorDiv(nowMillis, 1000L);
    long before = second.get();
    if (now > before && second.compareAndSet(before, now)) {
      int suppressed = asked.getAndSet(0) - perSecond;
      if (suppressed > 0) {
        log.warn("{} more such warnings were suppressed", suppressed);
      }
    }
    return asked.incrementAndGet() <= perSecond;
  }
}
