package io.culvert.rpc.persistent;

import io.culvert.engine.Deadlines;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The devices for which there are requests, and which of them are asked now: so many at a time, in
 * turn. A device is forgotten when there is no request for it any more and it is not asked.
 */
final class Lanes {
  private final QueueLimits limits;
  private final Deadlines<Runnable> deadlines;
  private final Lane.WaitAction onWaited;
  private final Map<String, Lane> all = new HashMap<>();
  private final Set<Lane> line = new LinkedHashSet<>();
  private int busy;

  /**
   * @param onWaited what to do when a device is to be tried again
   */
  Lanes(QueueLimits limits, Deadlines<Runnable> deadlines, Lane.WaitAction onWaited) {
    this.limits = limits;
    this.deadlines = deadlines;
    this.onWaited = onWaited;
  }

  @Nullable Lane find(String target) {
    return all.get(target);
  }

  /** That of a device, which is made when it is not there. */
  Lane of(String target) {
    return all.computeIfAbsent(
        target, name -> new Lane(name, limits.leastWaitMillis(), deadlines, onWaited));
  }

  Collection<Lane> all() {
    return all.values();
  }

  int size() {
    return all.size();
  }

  /** Will be asked when it is its turn, unless it is asked now. */
  void lineUp(Lane lane) {
    if (!lane.isBusy()) {
      line.add(lane);
    }
  }

  /** The next one that is to be asked, busy from now on; null when as many are asked as may be. */
  @Nullable Lane next() {
    Iterator<Lane> turns = line.iterator();
    while (busy < limits.atOnce() && turns.hasNext()) {
      Lane lane = turns.next();
      turns.remove();
      if (lane.first() != null) {
        lane.busy(true);
        busy++;
        return lane;
      }
    }
    return null;
  }

  /** It is not asked any more. */
  void free(Lane lane) {
    lane.asks(null);
    if (lane.isBusy()) {
      lane.busy(false);
      busy--;
    }
    dropIfIdle(lane);
  }

  /** Forgets a device for which there is nothing. */
  void dropIfIdle(Lane lane) {
    if (lane.size() == 0 && !lane.isBusy() && all.remove(lane.target(), lane)) {
      line.remove(lane);
      deadlines.remove(lane.retry());
    }
  }
}
