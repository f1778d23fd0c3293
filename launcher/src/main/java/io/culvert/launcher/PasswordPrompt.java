package io.culvert.launcher;

import org.jspecify.annotations.Nullable;

/** Asks for passwords: whoever sits there, or else the first line of standard input. */
final class PasswordPrompt {
  private PasswordPrompt() {}

  /** One that is to be remembered: somebody who sits there types it twice. */
  static String askNew(String user, Environment environment, Console console)
      throws StartException {
    Terminal terminal = environment.terminal();
    String password = ask(user, environment, console);
    if (terminal != null && !known(terminal.askSecret("the same again: ")).equals(password)) {
      throw StartException.usage("these are two different passwords.\n  Begin again.");
    }
    return password;
  }

  /** One that is known already. */
  static String ask(String user, Environment environment, Console console) throws StartException {
    String question = "password of " + user + ": ";
    Terminal terminal = environment.terminal();
    if (terminal != null) {
      return known(terminal.askSecret(question));
    }
    console.err().print(question);
    console.err().flush();
    String line = environment.readLine();
    console.err().println();
    return line;
  }

  private static String known(@Nullable String answer) throws StartException {
    if (answer == null) {
      throw StartException.usage("no password was given");
    }
    return answer;
  }
}
