package io.culvert.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** In virtual time. */
class ReconnectPlanTest {
  private static final ServerAddress A = ServerAddress.parse("mqtt://a");
  private static final ServerAddress B = ServerAddress.parse("mqtt://b");
  private static final ServerAddress C = ServerAddress.parse("mqtt://c");
  private static final ReconnectOptions OPTIONS = ReconnectOptions.defaults().withDelays(100, 1000);

  /** Chance that cuts off nothing. */
  private static ReconnectPlan plan(ReconnectOptions options, ServerAddress... addresses) {
    return new ReconnectPlan(List.of(addresses), options, () -> -1);
  }

  @Test
  void pausesDoubleUpToTheLongestAndNeverFallBelowHalf() {
    ReconnectPlan longest = plan(OPTIONS, A);
    ReconnectPlan shortest = new ReconnectPlan(List.of(A), OPTIONS, () -> 0);
    long[] expected = {100, 200, 400, 800, 1000, 1000};
    for (long delay : expected) {
      assertThat(shortest.ended(0, -1)).isEqualTo(delay / 2);
      assertThat(longest.ended(0, -1)).isBetween(delay / 2, delay);
    }
  }

  @Test
  void chanceNeverLeavesTheRange() {
    long[] values = {Long.MIN_VALUE, -1, 0, 1, 12345, Long.MAX_VALUE};
    for (long value : values) {
      ReconnectPlan plan = new ReconnectPlan(List.of(A), OPTIONS, () -> value);
      assertThat(plan.ended(0, -1)).isBetween(50L, 100L);
      assertThat(plan.ended(0, 1000)).isBetween(1000L, 1100L);
    }
  }

  @Test
  void longTimesDoNotOverflow() {
    ReconnectPlan plan =
        plan(ReconnectOptions.defaults().withDelays(Long.MAX_VALUE / 4, Long.MAX_VALUE / 2), A);
    for (int i = 0; i < 100; i++) {
      assertThat(plan.ended(0, -1)).isPositive();
    }
  }

  @Test
  void allAddressesAreTriedBeforeAPause() {
    ReconnectPlan plan = plan(OPTIONS, A, B, C);
    assertThat(plan.address()).isEqualTo(A);
    assertThat(plan.ended(0, -1)).isZero();
    assertThat(plan.address()).isEqualTo(B);
    assertThat(plan.ended(0, -1)).isZero();
    assertThat(plan.address()).isEqualTo(C);
    assertThat(plan.ended(0, -1)).isPositive();
    assertThat(plan.address()).isEqualTo(A);
  }

  @Test
  void aLostConnectionIsSoughtAtItsOwnAddressFirst() {
    ReconnectPlan plan = plan(OPTIONS, A, B);
    plan.ended(0, -1);
    plan.connected(1000);
    assertThat(plan.ended(2000, -1)).isPositive();
    assertThat(plan.address()).isEqualTo(B);
    assertThat(plan.ended(3000, -1)).isZero();
    assertThat(plan.address()).isEqualTo(A);
  }

  @Test
  void pausesBeginAnewOnlyAfterAConnectionThatLasted() {
    ReconnectPlan plan = new ReconnectPlan(List.of(A), OPTIONS, () -> 0);
    plan.ended(0, -1);
    plan.ended(0, -1);
    plan.connected(1000);
    assertThat(plan.ended(1001, -1)).as("dropped at once").isEqualTo(200);
    plan.connected(2000);
    assertThat(plan.ended(2000 + ReconnectOptions.DEFAULT_STABLE_MILLIS, -1)).isEqualTo(50);
  }

  @Test
  void takeOversSlowDownHoweverLongConnectionsLast() {
    ReconnectPlan plan = new ReconnectPlan(List.of(A), OPTIONS, () -> 0);
    long now = 0;
    for (long delay : new long[] {50, 100, 200, 400, 500, 500}) {
      plan.connected(now);
      now += ReconnectOptions.DEFAULT_STABLE_MILLIS;
      plan.takenOver();
      assertThat(plan.ended(now, -1)).isEqualTo(delay);
    }
    plan.connected(now);
    now += ReconnectOptions.DEFAULT_STABLE_MILLIS;
    assertThat(plan.ended(now, -1)).as("lost in another way").isEqualTo(50);
  }

  @Test
  void takeOversSlowDownAlsoWhereEveryConnectionCountsAsStable() {
    ReconnectOptions impatient = new ReconnectOptions(true, false, 100, 1000, 0, 0);
    ReconnectPlan plan = new ReconnectPlan(List.of(A), impatient, () -> 0);
    for (long delay : new long[] {50, 100, 200, 400, 500}) {
      plan.connected(0);
      plan.takenOver();
      assertThat(plan.ended(0, -1)).isEqualTo(delay);
    }
    plan.connected(0);
    assertThat(plan.ended(0, -1)).as("lost in another way").isEqualTo(50);
  }

  @Test
  void aServerThatSaysWhenEndsTheRound() {
    ReconnectPlan plan = plan(OPTIONS, A, B, C);
    assertThat(plan.ended(0, -1)).isZero();
    assertThat(plan.isRoundOver()).isFalse();
    assertThat(plan.ended(0, 5000)).isBetween(5000L, 5500L);
    assertThat(plan.isRoundOver()).as("no other one is tried now").isTrue();
    assertThat(plan.address()).isEqualTo(B);
  }

  @Test
  void theServersTimeIsHonouredWithinBounds() {
    ReconnectPlan plan = new ReconnectPlan(List.of(A, B), OPTIONS, () -> 0);
    assertThat(plan.ended(0, 7777)).isEqualTo(7777);
    assertThat(plan.address()).isEqualTo(A);
    assertThat(plan.ended(0, Long.MAX_VALUE)).isEqualTo(ReconnectPlan.LONGEST_RETRY_AFTER_MILLIS);
  }

  @Test
  void aReferenceForNowIsForgottenAndOneForGoodStays() {
    ReconnectPlan plan = plan(OPTIONS, A, B);
    assertThat(plan.referred(C, false, 0)).isZero();
    assertThat(plan.address()).isEqualTo(C);
    plan.ended(0, -1);
    assertThat(plan.address()).isEqualTo(A);
    assertThat(plan.referred(C, true, 0)).isZero();
    plan.ended(0, -1);
    assertThat(plan.address()).isEqualTo(B);
    plan.ended(0, -1);
    assertThat(plan.address()).isEqualTo(C);
  }

  @Test
  void serversThatReferInACircleAreLeftAlone() {
    ReconnectPlan plan = plan(OPTIONS, A);
    for (int i = 0; i < ReconnectPlan.MOST_REFERENCES; i++) {
      assertThat(plan.referred(i % 2 == 0 ? B : C, false, 0)).isZero();
    }
    assertThat(plan.referred(B, false, 0)).isPositive();
    assertThat(plan.address()).isEqualTo(A);
  }

  @Test
  void attemptsAreCountedUntilOneSucceeds() {
    ReconnectPlan plan = plan(OPTIONS.withMaximumAttempts(2), A);
    plan.ended(0, -1);
    assertThat(plan.isExhausted()).isFalse();
    plan.connected(0);
    plan.ended(0, -1);
    assertThat(plan.isExhausted()).isFalse();
    plan.ended(0, -1);
    assertThat(plan.isExhausted()).isTrue();
  }
}
