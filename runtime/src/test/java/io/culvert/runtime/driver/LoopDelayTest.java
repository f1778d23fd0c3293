package io.culvert.runtime.driver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoopDelayTest {
  private final LoopDelay delay = new LoopDelay();

  @BeforeEach
  void start() {
    delay.start(0);
  }

  @Test
  void ticksInTimeAreNoDelay() {
    for (long now = LoopDelay.TICK_MILLIS; now < 10_000; now += LoopDelay.TICK_MILLIS) {
      delay.tick(now);
      assertThat(delay.millis(now)).isZero();
    }
  }

  @Test
  void aLateTickCountsForOneOrTwoTenthsOfASecond() {
    delay.tick(25);
    delay.tick(350); // due at 50
    assertThat(delay.millis(350)).isEqualTo(300);
    for (long now = 375; now < 450; now += 25) {
      delay.tick(now);
      assertThat(delay.millis(now)).isEqualTo(300);
    }
    for (long now = 450; now < 550; now += 25) {
      delay.tick(now);
      assertThat(delay.millis(now)).isEqualTo(300);
    }
    delay.tick(550);
    assertThat(delay.millis(550)).isZero();
  }

  @Test
  void aDelayIsSeenWhileItLasts() {
    delay.tick(25);
    assertThat(delay.millis(50)).isZero();
    assertThat(delay.millis(1050)).isEqualTo(1000);
  }

  @Test
  void withoutTicksThereIsNoDelay() {
    delay.stop();
    assertThat(delay.millis(1_000_000)).isZero();
    assertThat(new LoopDelay().millis(1_000_000)).isZero();
  }

  @Test
  void aStartForgetsWhatWas() {
    delay.tick(1000);
    delay.start(60_000);
    assertThat(delay.millis(60_000)).isZero();
  }
}
