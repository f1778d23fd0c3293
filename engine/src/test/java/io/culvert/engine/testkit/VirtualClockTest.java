package io.culvert.engine.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VirtualClockTest {
  private final VirtualClock clock = new VirtualClock(0);
  private final List<String> seen = new ArrayList<>();

  @Test
  void runsTasksInOrderOfTimeAndThenOfScheduling() {
    clock.after(20, () -> see("c"));
    clock.after(10, () -> see("a"));
    clock.after(10, () -> see("b"));
    clock.advance(15);
    assertThat(seen).containsExactly("a@10", "b@10");

    clock.advance(15);
    assertThat(seen).containsExactly("a@10", "b@10", "c@20");
    assertThat(clock.nowMillis()).isEqualTo(30);
  }

  @Test
  void runsWhatATaskSchedulesOnTheWay() {
    clock.after(5, () -> clock.after(5, () -> see("inner")));
    clock.advance(10);

    assertThat(seen).containsExactly("inner@10");
  }

  @Test
  void runDoesNotMoveTime() {
    clock.after(0, () -> see("now"));
    clock.after(1, () -> see("later"));
    clock.run();

    assertThat(seen).containsExactly("now@0");
    assertThat(clock.nextMillis()).isEqualTo(1);
  }

  @Test
  void aTaskForTheEndOfTimeNeverRuns() {
    clock.advance(10);
    clock.after(Long.MAX_VALUE, () -> see("never"));
    clock.advance(1_000_000_000);

    assertThat(seen).isEmpty();
  }

  @Test
  void noticesATaskThatRepeatsWithoutEnd() {
    clock.after(0, this::repeat);

    assertThatThrownBy(clock::run).hasMessageContaining("endless loop");
  }

  @Test
  void refusesToRunBackwards() {
    assertThatThrownBy(() -> clock.advance(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> clock.after(-1, () -> {}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private void repeat() {
    clock.after(0, this::repeat);
  }

  private void see(String what) {
    seen.add(what + "@" + clock.nowMillis());
  }
}
