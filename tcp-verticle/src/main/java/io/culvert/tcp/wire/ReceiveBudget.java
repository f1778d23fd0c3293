package io.culvert.tcp.wire;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Bounds what all connections of a server together keep of frames that are not complete, and of
 * messages that wait for their turn. When it is exceeded, the connection ends that has completed no
 * frame for the longest time. Single-threaded.
 */
public final class ReceiveBudget {
  private final long maximumBytes;
  private final Map<FrameEngine, Integer> held = new LinkedHashMap<>(); // the longest wait first
  private long heldBytes;
  private long evicted;

  public ReceiveBudget(long maximumBytes) {
    if (maximumBytes < 1) {
      throw new IllegalArgumentException("a budget of " + maximumBytes + " bytes");
    }
    this.maximumBytes = maximumBytes;
  }

  /** One that is never used up. */
  public static ReceiveBudget unlimited() {
    return new ReceiveBudget(Long.MAX_VALUE);
  }

  public long maximumBytes() {
    return maximumBytes;
  }

  /** What is kept now. */
  public long heldBytes() {
    return heldBytes;
  }

  /** Connections that had to end. */
  public long evicted() {
    return evicted;
  }

  /**
   * A connection keeps so much now.
   *
   * @param progressed whether a frame has become complete since it said so last
   */
  void holds(FrameEngine engine, int bytes, boolean progressed) {
    Integer before = bytes == 0 || progressed ? held.remove(engine) : held.get(engine);
    heldBytes += bytes - (before == null ? 0 : before);
    if (bytes > 0) {
      held.put(engine, bytes);
      while (heldBytes > maximumBytes) {
        evictLongest();
      }
    }
  }

  private void evictLongest() {
    Iterator<Map.Entry<FrameEngine, Integer>> all = held.entrySet().iterator();
    Map.Entry<FrameEngine, Integer> longest = all.next();
    all.remove();
    heldBytes -= longest.getValue();
    evicted++;
    longest.getKey().evict();
  }
}
