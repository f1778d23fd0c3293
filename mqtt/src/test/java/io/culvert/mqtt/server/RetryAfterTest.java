package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetryAfterTest {
  private final RetryAfter retryAfter = new RetryAfter(new Random(1)::nextLong);

  @Test
  void manyAreSpreadOverAsMuchTimeAsTheyNeed() {
    int clients = 10_000;
    long[] times = new long[clients];
    for (int i = 0; i < clients; i++) {
      times[i] = retryAfter.next(0);
    }
    long window = clients * 1000L / RetryAfter.RETURNS_PER_SECOND;
    assertThat(Arrays.stream(times).min().orElseThrow()).isGreaterThanOrEqualTo(500);
    assertThat(Arrays.stream(times).max().orElseThrow()).isLessThanOrEqualTo(500 + window);
    long[] perSecond = new long[(int) (window / 1000) + 1];
    Arrays.stream(times).forEach(time -> perSecond[(int) (time / 1000)]++);
    assertThat(Arrays.stream(perSecond).max().orElseThrow())
        .as("in no second four times as many as on the average")
        .isLessThan(4L * RetryAfter.RETURNS_PER_SECOND);
  }

  @Test
  void aFewComeBackSoon() {
    assertThat(retryAfter.next(0)).isBetween(500L, 502L);
    assertThat(retryAfter.next(100_000)).isBetween(500L, 502L);
  }

  @Test
  void theWindowHasALargestSize() {
    for (int i = 0; i < 200_000; i++) {
      assertThat(retryAfter.next(0)).isLessThanOrEqualTo(RetryAfter.LONGEST_MILLIS);
    }
  }

  @Test
  void notBeforeIsUpToHalfAsMuchLater() {
    for (int i = 0; i < 1000; i++) {
      assertThat(retryAfter.notBefore(10_000)).isBetween(10_000L, 15_000L);
    }
  }
}
