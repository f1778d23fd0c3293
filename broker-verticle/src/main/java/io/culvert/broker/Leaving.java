package io.culvert.broker;

import io.culvert.runtime.driver.EngineServer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * How a broker lets its clients go, at a rate: the listeners take no more, then each shard tells
 * its clients, all shards in the same time; then the connections are closed. Used in the broker's
 * context, but for {@link #status}.
 */
final class Leaving {
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
    List<Future<Integer>> left =
        shards.stream().map(part -> part.on(() -> part.broker().leftToDrain())).toList();
    return Future.all(left)
        .map(all -> new DrainStatus(begun, clients, left.stream().mapToInt(Future::result).sum()));
  }

  /** How many are connected. */
  private Future<Integer> leave(boolean permanently) {
    List<Future<Integer>> connected =
        shards.stream().map(part -> part.on(() -> part.broker().leave(permanently))).toList();
    return Future.all(connected)
        .map(
            all -> {
              int now = connected.stream().mapToInt(Future::result).sum();
              clients = Math.max(clients, now);
              return now;
            });
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
