package io.culvert.broker;

import io.culvert.mqtt.server.Broker;
import io.culvert.runtime.driver.EngineServer;
import io.culvert.runtime.driver.Shards;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a broker lets its clients go, at a rate: the listeners take no more, then each shard tells
 * its clients, all shards in the same time; then the connections are closed. Used in the broker's
 * context, but for {@link #status}.
 */
final class Leaving {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.mqtt.server");

  private final List<BrokerShard> shards;
  private final Supplier<List<EngineServer>> servers;
  private final Supplier<Future<Void>> closeConnections;
  private final Promise<Void> gone = Promise.promise();
  private volatile int clients;
  private volatile boolean begun;
  private boolean closing;

  /**
   * @param servers those that listen when this begins
   * @param closeConnections of all shards, when everybody was told
   */
  Leaving(
      List<BrokerShard> shards,
      Supplier<List<EngineServer>> servers,
      Supplier<Future<Void>> closeConnections) {
    this.shards = shards;
    this.servers = servers;
    this.closeConnections = closeConnections;
  }

  /**
   * Begins, or goes on at another rate.
   *
   * @param mostMillis in which all go, however many they are
   */
  Future<Void> begin(int perSecond, boolean permanently, long mostMillis) {
    if (!closing) {
      begun = true;
      Future.join(servers.get().stream().map(EngineServer::stopAccepting).toList())
          .onFailure(failure -> LOG.error("A listener still accepts", failure))
          .transform(done -> leave(permanently))
          .compose(now -> drain(now, perSecond, mostMillis))
          .onSuccess(told -> close())
          .onFailure(gone::tryFail);
    }
    return gone.future();
  }

  /** Whether it has begun. Any thread may ask. */
  boolean hasBegun() {
    return begun;
  }

  /** Any thread may ask. */
  Future<DrainStatus> status() {
    return sum(Broker::leftToDrain).map(left -> new DrainStatus(begun, clients, left));
  }

  /** How many are connected. */
  private Future<Integer> leave(boolean permanently) {
    return sum(broker -> broker.leave(permanently))
        .onSuccess(connected -> clients = Math.max(clients, connected));
  }

  private Future<Integer> sum(ToIntFunction<Broker> number) {
    return Shards.all(
            shards.stream().map(part -> part.on(() -> number.applyAsInt(part.broker()))).toList())
        .map(all -> all.stream().mapToInt(Integer::intValue).sum());
  }

  private Future<Void> drain(int connected, int perSecond, long mostMillis) {
    long millis = Math.min(TimeUnit.SECONDS.toMillis(connected) / perSecond, mostMillis);
    return Future.all(shards.stream().map(part -> part.drain(millis)).toList()).mapEmpty();
  }

  private void close() {
    if (!closing) {
      closing = true;
      closeConnections.get().onComplete(gone);
    }
  }
}
