package io.culvert.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/**
 * A retained message leaves little garbage on its way to a new subscriber: else a million of them
 * would make the collector hold up everybody more than once in a hundred messages.
 */
final class RetainedAllocationTest {
  private static final int MESSAGES = 10_000;

  /** The delivery and the packet; an encoded frame for each would already exceed it. */
  private static final double LIMIT_BYTES_PER_MESSAGE = 140;

  /** Until the compiler has seen enough. */
  private static final int WARM_UPS = 30;

  private static final int MEASUREMENTS = 20;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Test
  void retainedMessageLeavesLittleGarbage() {
    RetainedBed bed = RetainedBed.of(MESSAGES);
    for (int i = 0; i < WARM_UPS; i++) {
      bed.subscribe();
    }
    long thread = Thread.currentThread().getId();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < MEASUREMENTS; i++) {
      long before = THREADS.getThreadAllocatedBytes(thread);
      bed.subscribe();
      least = Math.min(least, THREADS.getThreadAllocatedBytes(thread) - before);
    }
    assertThat(least / (double) MESSAGES).isLessThan(LIMIT_BYTES_PER_MESSAGE);
  }

  @Test
  void newSubscriberGetsEachOfThem() {
    int perMessage = 2 + 2 + 64;
    long topics = 0;
    for (int i = 0; i < MESSAGES; i++) {
      topics += ("plant/" + i / 100 + "/" + i).length();
    }
    int subAck = 5;
    RetainedBed bed = RetainedBed.of(MESSAGES);
    assertThat(bed.subscribe()).isEqualTo((long) MESSAGES * perMessage + topics + subAck);
    assertThat(bed.subscribe()).isEqualTo((long) MESSAGES * perMessage + topics + subAck);
  }
}
