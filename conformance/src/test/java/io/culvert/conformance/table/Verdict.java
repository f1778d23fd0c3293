package io.culvert.conformance.table;

/** What is known of a statement, a scenario, or one test. */
enum Verdict {
  PASSED("✔ passed", "#2da44e"),
  /**
   * A program that the test needs is not installed here. It was there when the page was written.
   */
  EXCUSED("✔ passed", "#2da44e"),
  FAILED("✘ failed", "#cf222e"),
  NOT_RUN("✘ not run", "#cf222e"),
  NOT_APPLICABLE("not applicable", "#8c959f"),
  OPEN("○ open", "#d4a72c");

  private final String text;
  private final String colour;

  Verdict(String text, String colour) {
    this.text = text;
    this.colour = colour;
  }

  /** As the pages say it. */
  String text() {
    return text;
  }

  /** As the picture shows it. */
  String colour() {
    return colour;
  }

  /** Whether the build may pass. */
  boolean isGood() {
    return this == PASSED || this == EXCUSED || this == NOT_APPLICABLE;
  }
}
