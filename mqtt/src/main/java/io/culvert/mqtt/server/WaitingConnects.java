package io.culvert.mqtt.server;

import io.culvert.engine.Deadlines;
import io.culvert.mqtt.wire.Connect;
import org.jspecify.annotations.Nullable;

/** CONNECTs of one shard that may not take a client over yet, because others fight for it. */
final class WaitingConnects {
  /** Each holds a connection, and what its CONNECT has brought. */
  static final int MOST = 1000;

  /** Clients wait longer for CONNACK, by default: ten seconds at least. */
  static final long PATIENCE_MILLIS = 8000;

  /** After which it is looked at again: whoever is in the way may have left. */
  private static final long STEP_MILLIS = 1000;

  private final Deadlines<Waiting> deadlines = new Deadlines<>();

  /**
   * Lets one wait.
   *
   * @param userChanges how often users had changed when it proved who it is
   * @param sinceMillis when it came
   * @param waitMillis for how long it has to
   * @return false if that is too long, or there are too many
   */
  boolean add(
      ServerConnection connection,
      Connect connect,
      int userChanges,
      long sinceMillis,
      long waitMillis,
      long nowMillis) {
    if (nowMillis + waitMillis - sinceMillis > PATIENCE_MILLIS || deadlines.size() >= MOST) {
      return false;
    }
    Waiting waiting = new Waiting(connection, connect, userChanges, sinceMillis);
    deadlines.set(deadlines.entry(waiting), nowMillis + Math.min(waitMillis, STEP_MILLIS));
    return true;
  }

  long deadlineMillis() {
    return deadlines.earliest();
  }

  /** The next one that is to be looked at again, or null. */
  @Nullable Waiting pollDue(long nowMillis) {
    return deadlines.pollExpired(nowMillis);
  }

  /** One of them. */
  record Waiting(ServerConnection connection, Connect connect, int userChanges, long sinceMillis) {}
}
