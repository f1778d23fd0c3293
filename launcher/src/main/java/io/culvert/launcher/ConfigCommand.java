package io.culvert.launcher;

import io.culvert.broker.config.BrokerOptions;
import io.culvert.rpc.config.RpcServiceOptions;
import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.SettingsDocument;
import io.culvert.tcp.config.TcpServiceOptions;
import io.vertx.core.json.JsonObject;
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
    BrokerOptions options = BrokerOptions.from(configuration);
    Certificates.check(options);
    checkServices(configuration, options);
    String files = options.auth().inNumbers();
    console.out().println("the configuration is good" + (files.isEmpty() ? "" : ": " + files));
    return ExitCode.OK;
  }

  /** As {@code culvert run} will deploy them. */
  private static void checkServices(Configuration configuration, BrokerOptions options) {
    JsonObject config = BrokerOptions.deployable(configuration, options.listeners());
    if (TcpServiceOptions.isWanted(configuration)) {
      if (!configuration.isPresent("tcp.secret-file")) {
        config.getJsonObject("tcp").put("anonymous", true); // else a secret will be made
      }
      Certificates.check(TcpServiceOptions.parse(config));
    }
    if (RunCommand.servesRpc(configuration)) {
      var unused = RpcServiceOptions.parse(config);
    }
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
