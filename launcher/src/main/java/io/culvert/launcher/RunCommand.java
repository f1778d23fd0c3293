package io.culvert.launcher;

import io.culvert.broker.config.BrokerOptions;
import io.culvert.rpc.DeviceRpcVerticle;
import io.culvert.rpc.config.RpcServiceOptions;
import io.culvert.runtime.config.Configuration;
import io.culvert.tcp.TcpVerticle;
import io.culvert.tcp.config.TcpServiceOptions;
import io.vertx.core.Deployable;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ParseResult;

/** {@code culvert run}: starts the verticles, says that they are ready, and waits for the end. */
final class RunCommand {
  private static final Logger LOG = LoggerFactory.getLogger("culvert");

  /** Longer than any start that will still succeed. */
  private static final int START_SECONDS = 60;

  private final Environment environment;
  private final Console console;
  private final Supplier<? extends Deployable> broker;
  private final Ending ending;

  RunCommand(
      Environment environment,
      Console console,
      Supplier<? extends Deployable> broker,
      Ending ending) {
    this.environment = environment;
    this.console = console;
    this.broker = broker;
    this.ending = ending;
  }

  /** Returns when the process shall end. */
  int run(ParseResult result) throws StartException, InterruptedException {
    Flags.checkAvailable(result);
    Configuration configuration = environment.load(result);
    BrokerOptions options = BrokerOptions.from(configuration);
    Certificates.check(options);
    ClusterSettings cluster = ClusterSettings.from(configuration);
    Logging.apply(configuration, environment.folder());
    boolean ephemeral = result.hasMatchedOption("--ephemeral");
    String useless = Listeners.uselessToOthers(options);
    if (ephemeral && useless != null) {
      throw StartException.usage(
          """
          other machines can reach %s, and nobody has credentials: none can be made, because with
            --ephemeral nothing is kept. Make a user with: culvert passwd add passwords USER
            and name the file: --set auth.password-file=passwords
            Or, if everyone who can reach it may read and send everything: --set auth.anonymous=true"""
              .formatted(useless));
    }
    try (DataFolder data = ephemeral ? null : dataFolder(configuration)) {
      Listeners.check(options.listeners(), configuration);
      JsonObject config = BrokerOptions.deployable(configuration, options.listeners());
      JsonObject store = config.getJsonObject("store");
      if (data == null) {
        store.put("type", "memory");
        LOG.info("no data folder: sessions and messages end with this process");
      } else {
        store.put("folder", data.path().toString());
        LOG.info("data folder {}", data.path());
      }
      if (data != null && useless != null) {
        Path passwords = FirstUser.passwordFile(data.path(), useless, console);
        config.getJsonObject("auth").put("password-file", passwords.toString());
      }
      boolean tcp = TcpServiceOptions.isWanted(configuration);
      if (tcp) {
        addSecret(configuration, config, data);
        Certificates.check(TcpServiceOptions.parse(config)); // say now what is wrong
      }
      List<Supplier<? extends Deployable>> others = new ArrayList<>();
      if (tcp) {
        others.add(TcpVerticle::new);
      }
      if (servesRpc(configuration)) {
        if (data != null && !configuration.isPresent("rpc.folder")) {
          config.getJsonObject("rpc").put("folder", data.path().resolve("rpc").toString());
        }
        RpcServiceOptions.parse(config); // says now what is wrong
        others.add(DeviceRpcVerticle::new);
      }
      return serve(config, options, others, EventLoops.gather(configuration), cluster);
    }
  }

  /** Without the event bus of this broker it needs another one to be of use. */
  static boolean servesRpc(Configuration configuration) {
    return RpcServiceOptions.isWanted(configuration)
        && (configuration.flag("mqtt.event-bus") || configuration.isPresent("rpc.broker"));
  }

  /** Where nobody has named one. */
  private void addSecret(Configuration configuration, JsonObject config, @Nullable DataFolder data)
      throws StartException {
    if (configuration.isPresent("tcp.secret-file") || configuration.flag("tcp.anonymous")) {
      return;
    }
    if (data == null) {
      throw StartException.usage(
          """
          peers of the TCP message service need a secret, and none can be made, because with
            --ephemeral nothing is kept. Name a file with one: --set tcp.secret-file=FILE
            Or, if everyone who can reach it may send everything: --set tcp.anonymous=true""");
    }
    config.getJsonObject("tcp").put("secret-file", TcpSecret.file(data.path(), console).toString());
  }

  private DataFolder dataFolder(Configuration configuration) throws StartException {
    return DataFolder.open(
        environment.folder().resolve(Path.of(configuration.text("store.folder"))));
  }

  private int serve(
      JsonObject config,
      BrokerOptions options,
      List<Supplier<? extends Deployable>> others,
      boolean gather,
      @Nullable ClusterSettings cluster)
      throws StartException, InterruptedException {
    int eventLoops = options.shards(Integer.MAX_VALUE);
    Node node =
        cluster == null ? Node.create(eventLoops, gather) : Node.join(eventLoops, gather, cluster);
    ending.whenAsked(node::stop, options.storms().endSeconds());
    try {
      List<String> addresses =
          node.start(broker, others, config)
              .toCompletionStage()
              .toCompletableFuture()
              .get(START_SECONDS, TimeUnit.SECONDS);
      console.out().println("ready " + String.join(" ", addresses));
      console.out().flush();
    } catch (ExecutionException e) {
      if (ending.isAsked()) {
        return ending.await(); // while it started
      }
      LOG.debug("start failed", e);
      throw abandon(node, "it could not start: " + Reason.of(e));
    } catch (TimeoutException e) {
      throw abandon(node, "it was not ready after " + START_SECONDS + " s");
    } catch (RuntimeException e) {
      if (ending.isAsked()) {
        return ending.await(); // a Vert.x that is closed refuses what it is asked for
      }
      throw e;
    }
    return ending.await();
  }

  private StartException abandon(Node node, String message) {
    ending.cancel();
    node.stop();
    return StartException.failure(message + ".\n  More is logged with: --set logging.level=debug");
  }
}
