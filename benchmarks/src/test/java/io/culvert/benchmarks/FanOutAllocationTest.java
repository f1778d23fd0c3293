package io.culvert.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.culvert.mqtt.wire.QoS;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A message is encoded once for all its targets: another target costs next to no memory. Bytes, not
 * times, because bytes are the same on a busy machine.
 */
final class FanOutAllocationTest {
  private static final int TARGETS = 500;

  /** What one object per target would already exceed. */
  private static final double LIMIT_BYTES_PER_TARGET = 8;

  /** Until the compiler has seen enough to remove what does not escape. */
  private static final int WARM_UP_PUBLISHES = 3000;

  private static final int MEASUREMENTS = 20;
  private static final int PUBLISHES = 50;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @ParameterizedTest
  @EnumSource(names = {"AT_MOST_ONCE", "AT_LEAST_ONCE"})
  void anotherTargetCostsNextToNoMemory(QoS qos) {
    assertCostsNextToNoMemory(FanOutBed.of(TARGETS, qos));
  }

  @ParameterizedTest
  @EnumSource(names = {"AT_MOST_ONCE", "AT_LEAST_ONCE"})
  void neitherDoesOneWithATopicAlias(QoS qos) {
    assertCostsNextToNoMemory(FanOutBed.aliased(TARGETS, qos));
  }

  private static void assertCostsNextToNoMemory(FanOutBed bed) {
    for (int i = 0; i < WARM_UP_PUBLISHES; i++) {
      bed.publish();
      bed.acknowledge();
    }

    long least = Long.MAX_VALUE;
    for (int i = 0; i < MEASUREMENTS; i++) {
      least = Math.min(least, allocatedBy(bed));
    }

    assertThat(least / (double) (PUBLISHES * TARGETS)).isLessThan(LIMIT_BYTES_PER_TARGET);
    assertThat(bed.delivered())
        .isEqualTo((WARM_UP_PUBLISHES + (long) MEASUREMENTS * PUBLISHES) * TARGETS);
    assertThat(bed.unacknowledged()).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"AT_MOST_ONCE", "AT_LEAST_ONCE"})
  void aliasesTakeTheTopicOutOfAllButTheFirst(QoS qos) {
    FanOutBed bed = FanOutBed.aliased(TARGETS, qos);
    int identifier = qos == QoS.AT_MOST_ONCE ? 0 : 2;
    int aliased = 2 + 2 + identifier + 1 + 3 + 64;
    int acknowledgement = qos == QoS.AT_MOST_ONCE ? 0 : 4;

    assertThat(bed.publish())
        .isEqualTo((long) TARGETS * (aliased + "plant/7/alarm".length()) + acknowledgement);
    bed.acknowledge();
    assertThat(bed.publish()).isEqualTo((long) TARGETS * aliased + acknowledgement);
  }

  @ParameterizedTest
  @EnumSource(names = {"AT_MOST_ONCE", "AT_LEAST_ONCE"})
  void everyTargetGetsTheWholeMessage(QoS qos) {
    FanOutBed bed = FanOutBed.of(TARGETS, qos);
    int identifier = qos == QoS.AT_MOST_ONCE ? 0 : 2;
    int publish = 2 + 2 + "plant/7/alarm".length() + identifier + 64;
    int acknowledgement = qos == QoS.AT_MOST_ONCE ? 0 : 4;

    assertThat(bed.publish()).isEqualTo((long) TARGETS * publish + acknowledgement);
    assertThat(bed.unacknowledged()).isEqualTo(qos == QoS.AT_MOST_ONCE ? 0 : TARGETS);
  }

  /** Bytes allocated for the publishes alone, not for their acknowledgements. */
  private static long allocatedBy(FanOutBed bed) {
    long thread = Thread.currentThread().getId();
    long bytes = 0;
    for (int i = 0; i < PUBLISHES; i++) {
      long before = THREADS.getThreadAllocatedBytes(thread);
      bed.publish();
      bytes += THREADS.getThreadAllocatedBytes(thread) - before;
      bed.acknowledge();
    }
    return bytes;
  }
}
