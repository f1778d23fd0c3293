package io.culvert.broker.bus;

import io.culvert.mqtt.server.Broker;
import io.culvert.runtime.driver.Shard;
import io.culvert.runtime.driver.StreamPair;
import io.vertx.core.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One event loop of the broker, as this package needs it.
 *
 * @param broker touched on the event loop only
 * @param serve takes one end of a connection of our own process, as a client that may do everything
 */
public record BusShard(Shard shard, Broker broker, Consumer<StreamPair.End> serve) {
  /**
   * Asks on the event loop; the answer comes in the context of whoever asks. May be called on any
   * thread.
   */
  <T> Future<T> on(Supplier<T> question) {
    return onLoop(() -> Future.succeededFuture(question.get()));
  }

  /** As above, for what takes longer. */
  <T> Future<T> onLoop(Supplier<Future<T>> question) {
    return shard.ask(question);
  }
}
