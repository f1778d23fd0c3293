package io.culvert.launcher;

import io.culvert.broker.auth.PasswordHash;
import io.culvert.broker.auth.PasswordUsers;
import io.culvert.broker.config.PasswordFile;
import io.culvert.runtime.config.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code culvert passwd add|delete|check FILE USER}: the users of {@code auth.password-file}. */
final class PasswdCommand {
  private final Path file;
  private final String user;

  private PasswdCommand(ParseResult result, Environment environment) throws StartException {
    this.file = environment.folder().resolve(result.matchedPositionalValue(0, ""));
    this.user = result.matchedPositionalValue(1, "");
    try {
      PasswordFile.checkName(user);
    } catch (IllegalArgumentException e) {
      throw StartException.usage("the user name " + e.getMessage() + ".\n  Choose another one.");
    }
  }

  static void addOptionsTo(CommandSpec command) {
    Words.add(command, 0, "FILE", "The password file.");
    Words.add(command, 1, "USER", "The user's name.");
  }

  static void addIterationsTo(CommandSpec command) {
    command.addOption(
        OptionSpec.builder("--iterations")
            .paramLabel("N")
            .arity("1")
            .type(Integer.class)
            .description(
                "How much work each guess of the password is, and the first login (%d)."
                    .formatted(PasswordHash.DEFAULT_ITERATIONS))
            .build());
  }

  /** Adds the user, or gives the user another password. */
  static int add(ParseResult result, Environment environment, Console console)
      throws StartException {
    int iterations = result.matchedOptionValue("--iterations", PasswordHash.DEFAULT_ITERATIONS);
    if (iterations < 1 || iterations > PasswordHash.MAXIMUM_ITERATIONS) {
      throw StartException.usage(
          "--iterations must be 1 to %d, not %d"
              .formatted(PasswordHash.MAXIMUM_ITERATIONS, iterations));
    }
    PasswdCommand command = new PasswdCommand(result, environment);
    List<String> lines = Files.exists(command.file) ? command.lines() : new ArrayList<>();
    String password = PasswordPrompt.askNew(command.user, environment, console);
    if (password.isEmpty()) {
      throw StartException.usage("the password is empty.\n  Choose another one.");
    }
    String line = PasswordFiles.line(command.user, password, iterations);
    int at = command.place(lines);
    if (at < 0) {
      lines.add(line);
    } else {
      lines.set(at, line);
    }
    command.write(lines);
    console.out().println((at < 0 ? "added " : "changed ") + command.user);
    return ExitCode.OK;
  }

  static int delete(ParseResult result, Environment environment, Console console)
      throws StartException {
    PasswdCommand command = new PasswdCommand(result, environment);
    List<String> lines = command.lines();
    int at = command.place(lines);
    if (at < 0) {
      throw StartException.failure(
          "there is no user %s in %s".formatted(command.user, command.file));
    }
    lines.remove(at);
    command.write(lines);
    console.out().println("deleted " + command.user);
    return ExitCode.OK;
  }

  /** Exit code 1 when the password is wrong, or there is no such user. */
  static int check(ParseResult result, Environment environment, Console console)
      throws StartException {
    PasswdCommand command = new PasswdCommand(result, environment);
    PasswordUsers users = command.users();
    String password = PasswordPrompt.ask(command.user, environment, console);
    boolean isRight = users.check(command.user, password.getBytes(StandardCharsets.UTF_8));
    console.out().println(isRight ? "right" : "wrong");
    return isRight ? ExitCode.OK : ExitCode.FAILURE;
  }

  /** All lines, also those that mean nothing, of a file that can be used. */
  private List<String> lines() throws StartException {
    try {
      List<String> lines = new ArrayList<>(Files.readAllLines(file, StandardCharsets.UTF_8));
      if (lines.stream().anyMatch(line -> !line.isBlank() && !line.startsWith("#"))) {
        users();
      }
      return lines;
    } catch (IOException e) {
      throw StartException.failure("%s cannot be read: %s".formatted(file, Reason.ofFile(e)));
    }
  }

  private PasswordUsers users() throws StartException {
    List<Problem> problems = new ArrayList<>();
    PasswordUsers users = PasswordFile.read(file.toString(), problems);
    if (users == null) {
      throw StartException.usage(
          String.join("\n", problems.stream().map(Problem::toString).toList()));
    }
    return users;
  }

  private int place(List<String> lines) {
    for (int i = 0; i < lines.size(); i++) {
      if (user.equals(PasswordFile.userOf(lines.get(i)))) {
        return i;
      }
    }
    return -1;
  }

  private void write(List<String> lines) throws StartException {
    try {
      PasswordFiles.write(file, lines);
    } catch (IOException e) {
      throw StartException.failure("%s cannot be written: %s".formatted(file, Reason.ofFile(e)));
    }
  }
}
