package io.culvert.launcher;

/** What the command returns to the shell; documented in the help. */
final class ExitCode {
  static final int OK = 0;

  /** It could not start or could not stop. */
  static final int FAILURE = 1;

  /** Wrong arguments or a wrong configuration. */
  static final int USAGE = 2;

  private ExitCode() {}
}
