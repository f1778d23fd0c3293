package io.culvert.launcher;

import io.culvert.mqtt.server.RecordKind;
import io.culvert.rpc.protocol.Method;
import io.culvert.runtime.config.ConfigurationException;
import io.culvert.runtime.config.NearestKey;
import io.culvert.runtime.config.Problem;
import io.vertx.core.Deployable;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** From arguments to an exit code. */
final class Cli {
  private final Environment environment;
  private final Console console;
  private final Supplier<? extends Deployable> broker;
  private final Supplier<Ending> ending;

  Cli(
      Environment environment,
      Console console,
      Supplier<? extends Deployable> broker,
      Supplier<Ending> ending) {
    this.environment = environment;
    this.console = console;
    this.broker = broker;
    this.ending = ending;
  }

  /** Runs the command that the arguments name; all errors are reported. */
  int execute(String... arguments) throws InterruptedException {
    CommandLine commands = Commands.create();
    try {
      ParseResult result = innermost(commands.parseArgs(arguments));
      if (result.isUsageHelpRequested()) {
        result.commandSpec().commandLine().usage(console.out());
        return ExitCode.OK;
      }
      if (result.isVersionHelpRequested()) {
        return Version.print(console);
      }
      return execute(result);
    } catch (ParameterException e) {
      console.fail(usage(e));
      return ExitCode.USAGE;
    } catch (ConfigurationException e) {
      console.fail(configuration(e.problems()));
      return ExitCode.USAGE;
    } catch (StartException e) {
      console.fail(String.valueOf(e.getMessage()));
      return e.exitCode();
    }
  }

  private int execute(ParseResult result) throws StartException, InterruptedException {
    String name = result.commandSpec().qualifiedName(" ");
    return switch (name) {
      case "culvert run" -> new RunCommand(environment, console, broker, ending.get()).run(result);
      case "culvert demo" -> DemoCommand.run(result, console, broker, ending.get());
      case "culvert tcp demo" -> TcpCommand.demo(result, environment, console, ending.get());
      case "culvert tcp request" -> TcpCommand.request(result, environment, console, ending.get());
      case "culvert tcp send" -> TcpCommand.send(result, environment, console, ending.get());
      case "culvert tcp listen" -> TcpCommand.listen(result, environment, console, ending.get());
      case "culvert rpc get" -> RpcCommand.call(Method.GET, result, environment, console);
      case "culvert rpc post" -> RpcCommand.call(Method.POST, result, environment, console);
      case "culvert rpc put" -> RpcCommand.call(Method.PUT, result, environment, console);
      case "culvert rpc delete" -> RpcCommand.call(Method.DELETE, result, environment, console);
      case "culvert rpc discover" -> RpcCommand.discover(result, environment, console);
      case "culvert rpc observe" -> RpcCommand.observe(result, environment, console, ending.get());
      case "culvert device simulate" ->
          DeviceCommand.simulate(result, environment, console, ending.get());
      case "culvert pub" -> PubCommand.run(result, environment, console);
      case "culvert sub" -> SubCommand.run(result, environment, console, ending.get());
      case "culvert bench" -> BenchCommand.run(result, environment, console, ending.get());
      case "culvert completion" -> CompletionCommand.print(console);
      case "culvert version" -> Version.print(console);
      case "culvert scram" -> ScramCommand.print(result, environment, console);
      case "culvert passwd add" -> PasswdCommand.add(result, environment, console);
      case "culvert passwd delete" -> PasswdCommand.delete(result, environment, console);
      case "culvert passwd check" -> PasswdCommand.check(result, environment, console);
      case "culvert store check" ->
          StoreCommand.check(result, environment, console, RecordKind::of);
      case "culvert store export" -> StoreCommand.export(result, environment, console);
      case "culvert store import" -> StoreCommand.importFile(result, environment, console);
      case "culvert store compact" -> StoreCommand.compact(result, environment, console);
      case "culvert config check" -> ConfigCommand.check(result, environment, console);
      case "culvert config print" -> ConfigCommand.print(result, environment, console);
      default -> {
        result.commandSpec().commandLine().usage(console.err());
        yield ExitCode.USAGE;
      }
    };
  }

  private static ParseResult innermost(ParseResult result) {
    ParseResult innermost = result;
    while (innermost.hasSubcommand()) {
      innermost = innermost.subcommand();
    }
    return innermost;
  }

  private static String usage(ParameterException e) {
    CommandSpec command = e.getCommandLine().getCommandSpec();
    String text =
        e instanceof UnmatchedArgumentException unmatched && !unmatched.getUnmatched().isEmpty()
            ? unmatched(unmatched.getUnmatched().get(0), command)
            : String.valueOf(e.getMessage());
    return text + "\n  " + command.qualifiedName(" ") + " --help lists what there is";
  }

  private static String unmatched(String argument, CommandSpec command) {
    boolean option = argument.startsWith("-");
    String nearest =
        NearestKey.of(
            argument, option ? command.optionsMap().keySet() : command.subcommands().keySet());
    return (option ? "unknown option " : "unexpected word ")
        + argument
        + (nearest == null ? "" : "; did you mean " + nearest + "?");
  }

  private static String configuration(List<Problem> problems) {
    StringBuilder text = new StringBuilder("the configuration cannot be used:");
    problems.forEach(problem -> text.append("\n  ").append(problem));
    return text.append("\n  culvert config print --help tells where settings come from").toString();
  }
}
