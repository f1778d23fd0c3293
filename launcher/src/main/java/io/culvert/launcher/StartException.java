package io.culvert.launcher;

/** What prevents a start; the message says what, and what to do. */
final class StartException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private StartException(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  /** The user asked for something that cannot be. */
  static StartException usage(String message) {
    return new StartException(ExitCode.USAGE, message);
  }

  /** The world does not allow it now. */
  static StartException failure(String message) {
    return new StartException(ExitCode.FAILURE, message);
  }

  int exitCode() {
    return exitCode;
  }
}
