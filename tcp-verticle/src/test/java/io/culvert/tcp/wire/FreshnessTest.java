package io.culvert.tcp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import org.junit.jupiter.api.Test;

class FreshnessTest {
  private static final Bytes FIRST = Bytes.hex("01");
  private static final Bytes SECOND = Bytes.hex("02");

  @Test
  void messageOutsideOfTheWindowIsStale() {
    Freshness freshness = new Freshness(30, 10);
    assertThat(freshness.accept(969, FIRST, 1000)).isEqualTo(Verdict.STALE);
    assertThat(freshness.accept(1031, FIRST, 1000)).isEqualTo(Verdict.STALE);
    assertThat(freshness.accept(970, FIRST, 1000)).isEqualTo(Verdict.VALID);
    assertThat(freshness.accept(1030, SECOND, 1000)).isEqualTo(Verdict.VALID);
  }

  @Test
  void messageIsTakenOnce() {
    Freshness freshness = new Freshness(30, 10);
    assertThat(freshness.accept(1000, FIRST, 1000)).isEqualTo(Verdict.VALID);
    assertThat(freshness.accept(1000, FIRST, 1010)).isEqualTo(Verdict.REPLAYED);
    assertThat(freshness.accept(1000, SECOND, 1010)).isEqualTo(Verdict.VALID);
    assertThat(freshness.accept(1000, FIRST, 1031)).isEqualTo(Verdict.STALE);
    assertThat(freshness.remembered()).isZero();
  }

  @Test
  void fullMemoryRefusesWhatItHasForgotten() {
    Freshness freshness = new Freshness(30, 2);
    assertThat(freshness.accept(1000, FIRST, 1000)).isEqualTo(Verdict.VALID);
    assertThat(freshness.accept(1001, SECOND, 1001)).isEqualTo(Verdict.VALID);
    assertThat(freshness.accept(1002, Bytes.hex("03"), 1002)).isEqualTo(Verdict.VALID);
    assertThat(freshness.accept(1000, FIRST, 1002)).isEqualTo(Verdict.STALE);
    assertThat(freshness.accept(1001, SECOND, 1002)).isEqualTo(Verdict.REPLAYED);
  }

  /** A clock that was set back must not make room for what was here already. */
  @Test
  void clockThatGoesBackLetsNothingInTwice() {
    Freshness freshness = new Freshness(30, 10);
    assertThat(freshness.accept(1000, FIRST, 1000)).isEqualTo(Verdict.VALID);
    assertThat(freshness.accept(1100, SECOND, 1100)).isEqualTo(Verdict.VALID);
    assertThat(freshness.accept(1000, FIRST, 1000)).isEqualTo(Verdict.STALE);
  }
}
