package io.culvert.rpc.persistent;

import io.culvert.engine.Deadlines;
import io.culvert.rpc.protocol.RequestId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The requests for one device, which is asked for one after the other. */
final class Lane {
  private final String target;
  private final long leastWaitMillis;
  private final Map<RequestId, HeldRequest> waiting = new LinkedHashMap<>();
  private final Deadlines.Entry<Runnable> retry;
  private boolean isThere;
  private boolean goesBeyond;
  private boolean isBusy;
  private boolean isInLine;
  private long nextWaitMillis;
  private @Nullable HeldRequest asked;

  /**
   * @param leastWaitMillis before it is tried again
   * @param onWaited what to do then
   */
  Lane(String target, long leastWaitMillis, Deadlines<Runnable> deadlines, WaitAction onWaited) {
    this.target = target;
    this.leastWaitMillis = leastWaitMillis;
    this.nextWaitMillis = leastWaitMillis;
    this.retry = deadlines.entry(() -> onWaited.waited(this));
  }

  /** What is done when a lane has waited long enough. */
  interface WaitAction {
    void waited(Lane lane);
  }

  String target() {
    return target;
  }

  void add(HeldRequest held) {
    waiting.put(held.request().id(), held);
  }

  void remove(HeldRequest held) {
    waiting.remove(held.request().id());
  }

  /** What is next, or null. */
  @Nullable HeldRequest first() {
    return waiting.isEmpty() ? null : waiting.values().iterator().next();
  }

  int size() {
    return waiting.size();
  }

  /** When it is tried again. */
  Deadlines.Entry<Runnable> retry() {
    return retry;
  }

  /** How long to wait now; the next time it is twice as long. */
  long nextWaitMillis(long mostMillis) {
    long now = nextWaitMillis;
    nextWaitMillis = Math.min(mostMillis, Math.max(leastWaitMillis, 2 * now));
    return now;
  }

  /** It is there, and whether it goes beyond the plain protocol. */
  void answers(boolean beyond) {
    isThere = true;
    goesBeyond = beyond;
    nextWaitMillis = leastWaitMillis;
  }

  void isSilent() {
    isThere = false;
  }

  /** It may be there again, so what is under way to it may have come too early. */
  void hurry() {
    nextWaitMillis = 0;
  }

  boolean isThere() {
    return isThere;
  }

  boolean goesBeyond() {
    return goesBeyond;
  }

  boolean isBusy() {
    return isBusy;
  }

  void busy(boolean value) {
    isBusy = value;
  }

  /** What it is asked now; null for nothing. */
  void asks(@Nullable HeldRequest held) {
    asked = held;
  }

  boolean isAsking(HeldRequest held) {
    return asked == held;
  }

  boolean isInLine() {
    return isInLine;
  }

  void inLine(boolean value) {
    isInLine = value;
  }
}
