package io.culvert.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class SysLoadTest {
  private final SysLoad load = new SysLoad("messages/received");

  @Test
  void steadyStreamIsItsRateInTheEnd() {
    for (int i = 1; i <= 360; i++) {
      load.update(i * 50L, 10); // 300 a minute, for an hour
    }
    assertThat(perMinute().get(0)).isEqualTo(300, within(0.01));
    assertThat(perMinute().get(1)).isEqualTo(300, within(0.01));
    assertThat(perMinute().get(2)).isEqualTo(300 * (1 - Math.exp(-4)), within(0.01));
  }

  @Test
  void whatWasLongAgoCountsLess() {
    load.update(600, 60);
    assertThat(perMinute().get(0)).isEqualTo(600 * (1 - Math.exp(-1)), within(0.01));
    double before = perMinute().get(0);
    load.update(600, 60);
    assertThat(perMinute().get(0)).isEqualTo(before * Math.exp(-1), within(0.01));
    load.update(600, 0); // no time has passed
    assertThat(perMinute().get(0)).isEqualTo(before * Math.exp(-1), within(0.01));
  }

  private List<Double> perMinute() {
    return load.windows().stream().map(SysLoad.Window::perMinute).toList();
  }
}
