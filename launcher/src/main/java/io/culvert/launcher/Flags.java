package io.culvert.launcher;

import io.culvert.runtime.config.ConfigurationLoader;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The options that stand for settings, and those that this version refuses. */
final class Flags {
  private static final List<Flag> ALL =
      List.of(
          new Flag("--bind", "mqtt.bind", "ADDRESS", "Address to listen on (127.0.0.1)."),
          new Flag("--port", "mqtt.port", "PORT", "MQTT over TCP (1883); 0 takes a free one."),
          new Flag("--ws-port", "mqtt.websocket-port", "PORT", "MQTT over WebSocket (8083)."),
          new Flag("--tcp-port", "tcp.port", "PORT", "TCP message service (none); 8888 is usual."),
          new Flag("--metrics-port", "metrics.port", "PORT", "Prometheus metrics (none)."),
          new Flag("--data", "store.folder", "FOLDER", "Data folder (./culvert-data)."),
          new Flag("--instances", "mqtt.instances", "N", "Event loops (one per processor)."));

  private static final Flag CLUSTER =
      new Flag(
          "--cluster",
          "cluster.enabled",
          "",
          "Join an event bus with other nodes; see the settings cluster.*.");

  private static final List<Refused> REFUSED =
      List.of(
          new Refused("--http-port", 1, "the HTTP gateway"),
          new Refused("--roles", 1, "the choice of roles"));

  private Flags() {}

  static void addTo(CommandSpec command) {
    command.addOption(config());
    command.addOption(set());
    for (Flag flag : ALL) {
      command.addOption(flag.option());
    }
    command.addOption(
        OptionSpec.builder(CLUSTER.name())
            .arity("0")
            .type(boolean.class)
            .description(CLUSTER.description())
            .build());
    for (Refused refused : REFUSED) {
      command.addOption(
          OptionSpec.builder(refused.name())
              .arity(refused.arity() == 0 ? "0" : "0..1")
              .type(refused.arity() == 0 ? boolean.class : String.class)
              .hidden(true)
              .build());
    }
  }

  /** For commands that only want to know where the data folder is. */
  static void addDataTo(CommandSpec command) {
    for (Flag flag : ALL) {
      if (flag.name().equals("--data")) {
        command.addOption(flag.option());
      }
    }
    command.addOption(config());
    command.addOption(set());
  }

  private static OptionSpec config() {
    return OptionSpec.builder("-c", "--config")
        .paramLabel("FILE")
        .arity("1")
        .type(String.class)
        .description(
            "Configuration file, YAML or JSON; - for standard input; else culvert.yaml of the"
                + " working directory, where there is one.")
        .build();
  }

  private static OptionSpec set() {
    return OptionSpec.builder("--set")
        .paramLabel("KEY=VALUE")
        .arity("1")
        .type(List.class)
        .auxiliaryTypes(String.class)
        .description("Any setting, such as limits.packet-bytes=64KiB; may be repeated.")
        .build();
  }

  /** Options for things that do not exist yet are known, so that the refusal can say so. */
  static void checkAvailable(ParseResult result) throws StartException {
    for (Refused refused : REFUSED) {
      if (result.hasMatchedOption(refused.name())) {
        throw StartException.usage(
            """
            %s: %s is not part of this version.
              Leave the option out; culvert run --help lists what there is."""
                .formatted(refused.name(), refused.what()));
      }
    }
  }

  /** The layers above the environment. */
  static void load(ParseResult result, ConfigurationLoader loader) {
    List<String> settings = result.matchedOptionValue("--set", List.of());
    settings.forEach(loader::set);
    if (result.hasMatchedOption(CLUSTER.name())) {
      loader.flag(CLUSTER.name(), CLUSTER.key(), "true");
    }
    for (Flag flag : ALL) {
      if (result.hasMatchedOption(flag.name())) {
        loader.flag(flag.name(), flag.key(), result.matchedOptionValue(flag.name(), ""));
      }
    }
  }

  private record Flag(String name, String key, String label, String description) {
    OptionSpec option() {
      return OptionSpec.builder(name)
          .paramLabel(label)
          .arity("1")
          .type(String.class)
          .description(description)
          .build();
    }
  }

  private record Refused(String name, int arity, String what) {}
}
