package io.culvert.runtime.config;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.util.Set;

/** The heap as it may become, as far as it is of use to what stays in it. */
public final class LargestHeap {
  /** The pools of the collectors that keep what stays apart, and give it not more than a part. */
  private static final Set<String> OLD = Set.of("Tenured Gen", "PS Old Gen");

  private LargestHeap() {}

  /**
   * Bytes: all of it, or five quarters of an old generation that is smaller. Half of that may be
   * filled with what clients leave there; where that were half of the heap and the old generation
   * no more than two thirds of it, each collection would become one of everything.
   */
  public static long bytes() {
    long bytes = Runtime.getRuntime().maxMemory();
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      long most = pool.getUsage().getMax();
      if (OLD.contains(pool.getName()) && most > 0) {
        bytes = Math.min(bytes, most / 4 * 5);
      }
    }
    return bytes;
  }
}
