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
  private int size;
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

  /** One more is for this device. It is not its turn before it is stored. */
  void expect() {
    size++;
  }

  /** One that was expected is stored. */
  void add(HeldRequest held) {
    waiting.put(held.request().id(), held);
  }

  /** One that was expected, and perhaps stored, has ended. */
  void remove(HeldRequest held) {
    size--;
    waiting.remove(held.request().id());
  }

  /** What is next, or null. */
  @Nullable HeldRequest first() {
    return waiting.isEmpty() ? null : waiting.values().iterator().next();
  }

  /** How many are for this device, with those that are being stored. */
  int size() {
    return size;
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
}
