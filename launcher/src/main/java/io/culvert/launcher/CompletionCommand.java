package io.culvert.launcher;

import picocli.AutoComplete;

/** {@code culvert completion}: a script for shells, generated from the commands. */
final class CompletionCommand {
  private CompletionCommand() {}

  static int print(Console console) {
    console.out().print(AutoComplete.bash("culvert", Commands.create()));
    console.out().flush();
    return ExitCode.OK;
  }
}
