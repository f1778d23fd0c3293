package io.culvert.mqtt.server;

import io.culvert.engine.Engine;
import io.culvert.mqtt.wire.ReasonCode;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Lets clients of one shard in at the pace that its event loop bears. While the loop is late, a
 * CONNECT waits in a bounded queue, from which a few go on in each step; when the loop is in time
 * again, twice as many in each step until nobody waits. Whoever finds the queue full, or has waited
 * too long, is told that the server is busy (0x89) and when to come back. Clients that are
 * connected are not concerned.
 */
public final class ConnectGate {
  static final long STEP_MILLIS = 25;

  /** So that clients are let in also by a loop that is always late: 1280 a second. */
  static final int FEWEST_PER_STEP = 32;

  /** A step of so many is not noticed by others. */
  static final int MOST_PER_STEP = 128;

  /** Clients wait longer for CONNACK, by default: ten seconds at least. */
  static final long PATIENCE_MILLIS = 5000;

  private final Counters counters;
  private final RetryAfter retryAfter;
  private final int most;
  private final Queue<Waiting> queue = new ArrayDeque<>();
  private int perStep = FEWEST_PER_STEP;
  private long stepMillis = Engine.NO_DEADLINE;

  /**
   * For the clients of a broker's shard.
   *
   * @param most CONNECTs that may wait
   */
  public ConnectGate(Broker broker, RetryAfter retryAfter, int most) {
    this.counters = broker.counters();
    this.retryAfter = retryAfter;
    this.most = most;
  }

  /**
   * A CONNECT has come. If it may go on, this says so; else it enters later, or is refused.
   *
   * @param request the event that it came as
   * @param busy whether the event loop is late
   */
  public boolean admits(
      Entrance entrance,
      ServerConnection connection,
      ServerEvent request,
      boolean busy,
      long nowMillis) {
    if (!busy && queue.isEmpty()) {
      return true;
    }
    if (queue.size() >= most) {
      refuse(connection, nowMillis);
      return false;
    }
    counters.countWaited();
    queue.add(new Waiting(entrance, connection, request, nowMillis));
    if (stepMillis == Engine.NO_DEADLINE) {
      stepMillis = nowMillis + STEP_MILLIS;
    }
    return false;
  }

  /** Tells a client whose CONNECT is not decided that the server is busy, and when to come back. */
  public void refuse(ServerConnection connection, long nowMillis) {
    if (connection.isConnecting()) { // or it has ended meanwhile
      ReasonCode code = ReasonCode.SERVER_BUSY;
      if (!connection.hasPeerEnded()) { // else nobody is told
        counters.countRefusedConnect(code);
        counters.countTurnedAway();
      }
      connection.disconnect(
          code, DisconnectCause.REFUSED, RetryAfter.properties(code, retryAfter.next(nowMillis)));
    }
  }

  /** When to call {@link #timeout}. */
  public long deadlineMillis() {
    return stepMillis;
  }

  /** Lets the next ones in. Early and repeated calls are harmless. */
  public void timeout(boolean busy, long nowMillis) {
    if (nowMillis < stepMillis) {
      return;
    }
    perStep = busy ? FEWEST_PER_STEP : Math.min(2 * perStep, MOST_PER_STEP);
    int left = perStep;
    Waiting next = queue.peek();
    while (next != null && (left > 0 || next.isTooLate(nowMillis) || next.hasGone())) {
      queue.remove();
      if (next.hasGone() || next.isTooLate(nowMillis)) {
        refuse(next.connection, nowMillis);
      } else {
        left--;
        next.entrance.enter(next.connection, next.request, nowMillis);
      }
      next = queue.peek();
    }
    stepMillis = next == null ? Engine.NO_DEADLINE : nowMillis + STEP_MILLIS;
  }

  /** CONNECTs that wait. */
  public int waiting() {
    return queue.size();
  }

  /** Where a client goes on that is let in. */
  public interface Entrance {
    /** Decides on a CONNECT. */
    void enter(ServerConnection connection, ServerEvent request, long nowMillis);
  }

  private record Waiting(
      Entrance entrance, ServerConnection connection, ServerEvent request, long sinceMillis) {
    boolean isTooLate(long nowMillis) {
      return nowMillis - sinceMillis > PATIENCE_MILLIS;
    }

    boolean hasGone() {
      return !connection.isConnecting() || connection.hasPeerEnded();
    }
  }
}
