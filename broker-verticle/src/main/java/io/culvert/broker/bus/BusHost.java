package io.culvert.broker.bus;

import io.culvert.mqtt.server.Limits;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** What the event-bus API needs of the broker. May be called on any thread. */
public interface BusHost {
  List<BusShard> shards();

  Limits limits();

  /** What unfinished packets hold of all clients that are not let in yet. */
  long connectingBytes();

  /** Each with {@code uri}, {@code connections} and {@code maxConnections}. */
  List<JsonObject> listeners();

  /**
   * Reads users and permissions again; fails with what is wrong, and then nothing has changed.
   *
   * @param dryRun only tells whether they could be used
   */
  Future<Void> reload(boolean dryRun);

  /**
   * Lets all clients go, or goes on at another rate; completes when all have gone.
   *
   * @param permanently whether they shall not come back
   */
  Future<Void> drain(int perSecond, boolean permanently);

  /** How far that is: {@code draining}, {@code clients} and {@code left}. */
  Future<JsonObject> drainStatus();
}
