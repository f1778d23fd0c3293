package io.culvert.launcher;

import io.culvert.broker.config.BrokerOptions;
import io.culvert.broker.config.ListenerOptions;
import io.culvert.launcher.demo.Demo;
import io.culvert.launcher.demo.Screen;
import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.ConfigurationLoader;
import io.vertx.core.Deployable;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code culvert demo}: a broker of its own with a device and a subscriber. */
final class DemoCommand {
  private static final int START_SECONDS = 60;

  private DemoCommand() {}

  static void addOptionsTo(CommandSpec command) {
    command.addOption(
        OptionSpec.builder("--count")
            .paramLabel("N")
            .arity("1")
            .type(Long.class)
            .description("End after so many messages; else Ctrl-C ends it.")
            .build());
    command.addOption(
        OptionSpec.builder("--every-millis")
            .paramLabel("MILLIS")
            .arity("1")
            .type(Long.class)
            .description("Time between two messages (1000).")
            .build());
  }

  /** Returns when the process shall end. */
  static int run(
      ParseResult result, Console console, Supplier<? extends Deployable> broker, Ending ending)
      throws StartException, InterruptedException {
    long count = positive(result, "--count", Long.MAX_VALUE);
    long interval = positive(result, "--every-millis", 1_000);
    Configuration configuration =
        ConfigurationLoader.of(Settings.TABLE)
            .flag("demo", "mqtt.port", "0")
            .flag("demo", "mqtt.websocket-port", "0")
            .flag("demo", "mqtt.instances", "1")
            .flag("demo", "store.type", "memory")
            .flag("demo", "logging.level", "warn")
            .load();
    Logging.apply(configuration, Path.of(""));
    List<ListenerOptions> listeners = BrokerOptions.from(configuration).listeners();
    Listeners.check(listeners, configuration);
    Screen screen = Screen.of(console.out(), console.colour(), console.graphics());
    Node node = Node.create(2, /* gather= */ true);
    ending.whenAsked(node::stop);
    try {
      node.start(broker, List.of(), BrokerOptions.deployable(configuration, listeners))
          .compose(
              addresses -> {
                Demo demo = new Demo(screen, addresses, interval, count);
                return node.deploy(demo).compose(id -> demo.finished());
              })
          .toCompletionStage()
          .toCompletableFuture()
          .get();
      ending.cancel();
      node.stop().toCompletionStage().toCompletableFuture().get(START_SECONDS, TimeUnit.SECONDS);
      return ExitCode.OK;
    } catch (ExecutionException | TimeoutException e) {
      if (ending.isAsked()) {
        return ending.await(); // while it started
      }
      ending.cancel();
      node.stop();
      throw StartException.failure("the demo has ended: " + Reason.of(e));
    } catch (RuntimeException e) {
      if (ending.isAsked()) {
        return ending.await(); // a Vert.x that is closed refuses what it is asked for
      }
      throw e;
    }
  }

  private static long positive(ParseResult result, String option, long otherwise)
      throws StartException {
    long value = result.matchedOptionValue(option, otherwise);
    if (value < 1) {
      throw StartException.usage(option + " must be 1 or more, not " + value);
    }
    return value;
  }
}
