package io.culvert.conformance.table;

/** What the reports say of one test: how many cases ran, failed, or lacked a program. */
record Outcome(int cases, int failed, int skipped, int excused) {
  static final Outcome NONE = new Outcome(0, 0, 0, 0);

  Outcome plus(Outcome other) {
    return new Outcome(
        cases + other.cases,
        failed + other.failed,
        skipped + other.skipped,
        excused + other.excused);
  }

  Verdict verdict() {
    if (failed > 0) {
      return Verdict.FAILED;
    } else if (skipped > 0 || cases == 0) {
      return Verdict.NOT_RUN;
    }
    return excused > 0 ? Verdict.EXCUSED : Verdict.PASSED;
  }
}
