package io.culvert.broker.bus;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** What the event-bus API needs of the broker. May be called on any thread. */
public interface BusHost {
  List<BusShard> shards();

  /** What it holds and has counted, by the names that docs/event-bus.md gives. */
  Future<JsonObject> status();

  /**
   * All its limits, each with {@code name} and {@code limit}, and {@code use} where that is one.
   */
  Future<JsonArray> limits();

  /** Whether it lets its clients go, and takes no new ones. */
  boolean isLeaving();

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
