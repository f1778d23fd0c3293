package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
  @Test
  void aBurstOfOneSecondIsThereAtOnce() {
    TokenBucket bucket = new TokenBucket(10, 0);
    bucket.take(10, 0);
    assertThat(bucket.readyAtMillis()).isZero();
    bucket.take(1, 0);
    assertThat(bucket.readyAtMillis()).isEqualTo(100);
  }

  @Test
  void restFillsNoMoreThanOneSecond() {
    TokenBucket bucket = new TokenBucket(10, -1_000_000_000_000L);
    bucket.take(10, 1_000_000_000_000L);
    bucket.take(1, 1_000_000_000_000L);
    assertThat(bucket.readyAtMillis()).isEqualTo(1_000_000_000_100L);
  }

  @Test
  void theHighestRatesDoNotOverflow() {
    TokenBucket bucket = new TokenBucket(1L << 40, 0);
    for (long now = 0; now < 1L << 50; now += 1L << 46) {
      bucket.take(1 << 28, now);
      assertThat(bucket.readyAtMillis()).isEqualTo(now);
    }
  }

  /** However it is taken: within any time no more than the rate and what was there at first. */
  @Property
  void whoWaitsUntilItIsReadyKeepsToTheRate(
      @ForAll @LongRange(min = 1, max = 1_000_000) long perSecond,
      @ForAll @IntRange(min = 1, max = 5000) int amount,
      @ForAll @IntRange(min = 0, max = 3000) int restMillis) {
    TokenBucket bucket = new TokenBucket(perSecond, 0);
    long now = 0;
    for (long taken = amount; taken < 40L * amount; taken += amount) {
      bucket.take(amount, now);
      now = Math.max(now, bucket.readyAtMillis());
      assertThat((taken - perSecond) * 1000 / perSecond).isLessThanOrEqualTo(now);
      now += restMillis;
    }
  }
}
