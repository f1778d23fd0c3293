package io.culvert.launcher;

import io.culvert.broker.config.BrokerOptions;
import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.SettingsDocument;
import picocli.CommandLine.ParseResult;

/** {@code culvert config check} and {@code culvert config print}. */
final class ConfigCommand {
  private ConfigCommand() {}

  static int check(ParseResult result, Environment environment, Console console)
      throws StartException {
    Flags.checkAvailable(result);
    Configuration configuration = environment.load(result);
    // These read all files, and throw for what is wrong with them or contradicts itself.
    var unused = ClusterSettings.from(configuration);
    String files = BrokerOptions.from(configuration).auth().inNumbers();
    console.out().println("the configuration is good" + (files.isEmpty() ? "" : ": " + files));
    return ExitCode.OK;
  }

  static int print(ParseResult result, Environment environment, Console console)
      throws StartException {
    Configuration configuration = load(result, environment);
    console.out().print(SettingsDocument.yaml(BrokerOptions.printable(configuration)));
    return ExitCode.OK;
  }

  private static Configuration load(ParseResult result, Environment environment)
      throws StartException {
    Flags.checkAvailable(result);
    Configuration configuration = environment.load(result);
    var unused = BrokerOptions.from(configuration); // throws for what contradicts itself
    return configuration;
  }
}
