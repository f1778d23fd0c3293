package io.culvert.launcher;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** What stands behind a command without the name of an option. */
final class Words {
  private Words() {}

  /** One that must be there. */
  static void add(CommandSpec command, int index, String label, String description) {
    add(command, index, label, /* required= */ true, description);
  }

  /** One that may be there. */
  static void addOptional(CommandSpec command, int index, String label, String description) {
    add(command, index, label, /* required= */ false, description);
  }

  private static void add(
      CommandSpec command, int index, String label, boolean required, String description) {
    command.addPositional(
        PositionalParamSpec.builder()
            .index(String.valueOf(index))
            .paramLabel(label)
            .arity(required ? "1" : "0..1")
            .required(required)
            .type(String.class)
            .description(description)
            .build());
  }
}
