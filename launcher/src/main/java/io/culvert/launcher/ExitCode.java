package io.culvert.launcher;

/**
 * What the command returns to the shell; documented in the help. The JVM adds 128 + signal, where
 * one ends a command that {@link Ending} does not look after.
 */
final class ExitCode {
  static final int OK = 0;

  /** It could not start, could not go on or could not stop. */
  static final int FAILURE = 1;

  /** Wrong arguments or a wrong configuration. */
  static final int USAGE = 2;

  /** {@code culvert sub -C N -W SECONDS}: so many did not come in that time. */
  static final int TIMEOUT = 3;

  private ExitCode() {}
}
