package io.culvert.mqtt.server;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TakeOversTest {
  private static final long WINDOW = 60_000;

  private final Map<String, Object> map = new HashMap<>();
  private final TakeOvers takeOvers = TakeOvers.of(map, 2, WINDOW);

  @Test
  void pausesGrowToTheLongest() {
    long now = 0;
    assertThat(takeOvers.lost("c", "a", now)).isNull();
    assertThat(takeOvers.lost("c", "b", now)).isNull();
    assertThat(takeOvers.waitMillis("c", now)).isZero();
    for (long pause : new long[] {1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000}) {
      Fight fight = requireNonNull(takeOvers.lost("c", "a", now));
      assertThat(takeOvers.hasBegun(fight)).isEqualTo(pause == 1000);
      assertThat(takeOvers.waitMillis("c", now)).isEqualTo(pause);
      now += pause;
      assertThat(takeOvers.waitMillis("c", now)).isZero();
      assertThat(takeOvers.fights(now)).isEqualTo(1);
    }
    assertThat(takeOvers.fights(now + 60_000 + WINDOW + 1)).isZero();
  }

  @Test
  void zeroNeverCallsItAFight() {
    TakeOvers never = TakeOvers.of(new HashMap<>(), 0, WINDOW);
    for (int i = 0; i < 100; i++) {
      assertThat(never.lost("c", "a", 0)).isNull();
    }
    assertThat(never.waitMillis("c", 0)).isZero();
  }

  @Test
  void whoLeavesByItselfNeedsNoPeace() {
    for (int i = 0; i < 5; i++) {
      takeOvers.lost("c", "a", 0);
    }
    takeOvers.left("c");
    takeOvers.left("unknown");
    assertThat(takeOvers.waitMillis("c", 0)).isZero();
    assertThat(map).hasSize(1);
  }

  @Test
  void itHoldsNoMoreClientsThanItMay() {
    for (int i = 0; i < 3; i++) {
      takeOvers.lost("fighter", "a", 0);
    }
    for (int i = 0; i < 3 * TakeOvers.MOST_CLIENTS; i++) {
      takeOvers.lost("c" + i, "a", 0);
    }
    assertThat(map).hasSize(TakeOvers.MOST_CLIENTS);
    assertThat(takeOvers.waitMillis("fighter", 0)).isEqualTo(1000);
  }
}
