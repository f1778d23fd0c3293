package io.culvert.broker;

import io.culvert.mqtt.server.Broker;
import io.culvert.mqtt.server.ConnectGate;
import io.culvert.runtime.driver.Shard;
import io.culvert.runtime.driver.TimedPart;

/** Lets the shard's timer drive Wills and expiry, and the clients that wait to be let in. */
record BrokerTimes(Broker broker, ConnectGate gate, Shard shard) implements TimedPart {
  @Override
  public long deadlineMillis() {
    return Math.min(broker.deadlineMillis(), gate.deadlineMillis());
  }

  @Override
  public void timeout(long nowMillis) {
    gate.timeout(shard.isBusy(), nowMillis);
    broker.timeout(nowMillis);
  }
}
