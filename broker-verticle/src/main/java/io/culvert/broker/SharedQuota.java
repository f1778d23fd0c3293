package io.culvert.broker;

import io.culvert.mqtt.server.Quota;
import java.util.concurrent.atomic.AtomicLong;

/** What all shards of a broker hold together, changed by each of them. */
final class SharedQuota implements Quota {
  private final AtomicLong held = new AtomicLong();

  @Override
  public void add(long amount) {
    held.addAndGet(amount);
  }

  @Override
  public long held() {
    return held.get();
  }
}
