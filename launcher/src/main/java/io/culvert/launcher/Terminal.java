package io.culvert.launcher;

import org.jspecify.annotations.Nullable;

/** Somebody who can be asked for a secret. */
interface Terminal {
  /** The answer, which nobody sees while it is typed; null when there is none. */
  @Nullable String askSecret(String question);

  /** Null unless both input and output are a terminal, which {@link Main} asks newer JDKs for. */
  @SuppressWarnings("SystemConsoleNull")
  static @Nullable Terminal ofProcess() {
    java.io.Console console = System.console();
    if (console == null) {
      return null;
    }
    return question -> {
      char[] answer = console.readPassword("%s", question);
      return answer == null ? null : new String(answer);
    };
  }
}
