package io.culvert.broker;

import io.culvert.mqtt.server.Broker;
import io.culvert.runtime.driver.TimedPart;

/** Lets the shard's timer drive Wills and expiry. */
record BrokerTimes(Broker broker) implements TimedPart {
  @Override
  public long deadlineMillis() {
    return broker.deadlineMillis();
  }

  @Override
  public void timeout(long nowMillis) {
    broker.timeout(nowMillis);
  }
}
