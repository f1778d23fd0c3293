package io.culvert.launcher;

import io.culvert.broker.config.ScramFile;
import io.culvert.engine.Bytes;
import io.culvert.mqtt.auth.SaslPrep;
import io.culvert.mqtt.auth.ScramCredential;
import java.security.SecureRandom;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code culvert scram}: a user's line for {@code auth.scram-file}. */
final class ScramCommand {
  private ScramCommand() {}

  static void addOptionsTo(CommandSpec command) {
    Words.add(command, 0, "USER", "The user's name.");
    command.addOption(
        OptionSpec.builder("--iterations")
            .paramLabel("N")
            .arity("1")
            .type(Integer.class)
            .description(
                "How much work each guess of the password is, and each login of the client (%d)."
                    .formatted(ScramCredential.DEFAULT_ITERATIONS))
            .build());
  }

  static int print(ParseResult result, Environment environment, Console console)
      throws StartException {
    String user = user(result.matchedPositionalValue(0, ""));
    int iterations = result.matchedOptionValue("--iterations", ScramCredential.DEFAULT_ITERATIONS);
    checkIterations(iterations);
    String password = PasswordPrompt.askNew(user, environment, console);
    byte[] salt = new byte[ScramCredential.SALT_BYTES];
    new SecureRandom().nextBytes(salt);
    try {
      ScramCredential credential = ScramCredential.derive(password, Bytes.wrap(salt), iterations);
      console.out().println(ScramFile.line(user, credential));
      console.out().flush();
      return ExitCode.OK;
    } catch (IllegalArgumentException e) {
      throw StartException.usage(e.getMessage() + ".\n  Choose another one.");
    }
  }

  private static String user(String name) throws StartException {
    try {
      String prepared = SaslPrep.prepare(name);
      ScramFile.checkName(prepared);
      return prepared;
    } catch (IllegalArgumentException e) {
      throw StartException.usage("the user name " + e.getMessage() + ".\n  Choose another one.");
    }
  }

  private static void checkIterations(int iterations) throws StartException {
    if (iterations < ScramCredential.MINIMUM_ITERATIONS
        || iterations > ScramCredential.MAXIMUM_ITERATIONS) {
      throw StartException.usage(
          "--iterations must be %d to %d, not %d"
              .formatted(
                  ScramCredential.MINIMUM_ITERATIONS,
                  ScramCredential.MAXIMUM_ITERATIONS,
                  iterations));
    }
  }
}
