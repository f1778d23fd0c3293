package io.culvert.runtime.driver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AdmissionTest {
  private static final long SECOND = 1_000_000_000;

  private final long start = System.nanoTime() + 10 * SECOND;

  @Test
  void aPlaceIsTakenAndGivenBack() {
    Admission admission = new Admission(2);
    assertThat(admission.take()).isTrue();
    assertThat(admission.take()).isTrue();
    assertThat(admission.take()).isFalse();
    admission.giveBack();
    assertThat(admission.take()).isTrue();
  }

  @Test
  void asManyMayComeAtOnceAsInASecondAndThenOneAfterTheOther() {
    Admission admission = new Admission(100, 10);
    for (int i = 0; i < 10; i++) {
      assertThat(admission.waitNanos(start)).isZero();
      admission.count(start);
    }
    assertThat(admission.waitNanos(start)).isEqualTo(SECOND / 10);
    assertThat(admission.waitNanos(start + SECOND / 10)).isZero();
    admission.count(start + SECOND / 10);
    assertThat(admission.waitNanos(start + SECOND / 10)).isEqualTo(SECOND / 10);
    assertThat(admission.waitNanos(start + 10 * SECOND)).isZero();
  }

  @Test
  void withoutARateNobodyWaits() {
    Admission admission = new Admission(1);
    for (int i = 0; i < 1000; i++) {
      admission.count(start);
    }
    assertThat(admission.waitNanos(start)).isZero();
  }
}
