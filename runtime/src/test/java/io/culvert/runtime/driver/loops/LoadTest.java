package io.culvert.runtime.driver.loops;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LoadTest {
  private static final long MILLI = 1_000_000;

  private final Load load = new Load(0);

  @Test
  void isTheShareOfAWindowInWhichTheThreadWorked() {
    load.add(3 * MILLI);
    assertThat(load.ends(9 * MILLI)).isFalse();
    load.add(3 * MILLI);
    assertThat(load.ends(12 * MILLI)).isTrue();
    assertThat(load.percent()).isEqualTo(50);
  }

  @Test
  void aLongSleepMakesALongWindow() {
    load.add(MILLI);
    assertThat(load.ends(1000 * MILLI)).isTrue();
    assertThat(load.percent()).isZero();
  }

  @Test
  void isNeverMoreThanAll() {
    load.add(50 * MILLI);
    assertThat(load.ends(20 * MILLI)).isTrue();
    assertThat(load.percent()).isEqualTo(100);
  }

  @Test
  void theNextWindowKnowsNothingOfTheLastOne() {
    load.add(10 * MILLI);
    load.ends(10 * MILLI);
    load.add(5 * MILLI);
    assertThat(load.percentNow(12 * MILLI)).isEqualTo(100); // too young
    assertThat(load.percentNow(20 * MILLI)).isEqualTo(50);
    load.restart(20 * MILLI);
    assertThat(load.percentNow(30 * MILLI)).isZero();
    assertThat(load.percent()).isEqualTo(100);
  }
}
