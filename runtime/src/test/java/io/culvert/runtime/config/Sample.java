package io.culvert.runtime.config;

import java.util.List;
import java.util.function.Consumer;

/** A table with one setting of each kind, and a short way to load it. */
final class Sample {
  static final SettingTable TABLE =
      SettingTable.of(
          Setting.text("mqtt.bind", "127.0.0.1", "Address."),
          Setting.number("mqtt.port", Unit.PORT, 0, 65535, "1883", "Port."),
          Setting.texts("mqtt.versions", List.of("3.1.1", "5.0"), "3.1.1,5.0", "Versions."),
          Setting.choice("mqtt.listeners[].type", List.of("tcp", "websocket"), "tcp", "Type."),
          Setting.number("mqtt.listeners[].port", Unit.PORT, 0, 65535, null, "Port."),
          Setting.texts("mqtt.listeners[].origins", List.of(), "", "Origins."),
          Setting.flag("auth.anonymous", false, "Anyone."),
          Setting.number("limits.packet-bytes", Unit.BYTES, 1024, 1 << 28, "2MiB", "Size."),
          Setting.number("limits.queue-messages", Unit.COUNT, 0, 1000, "100", "Queue."),
          Setting.number("limits.expiry-seconds", Unit.SECONDS, 0, 4_294_967_295L, "7d", "Time."),
          Setting.number("limits.grace-millis", Unit.MILLIS, 0, 60_000, "2s", "Time.").hot(),
          Setting.choice("logging.levels.*", List.of("info", "debug"), null, "Level."));

  private Sample() {}

  static Configuration load(Consumer<ConfigurationLoader> layers) {
    ConfigurationLoader loader = ConfigurationLoader.of(TABLE);
    layers.accept(loader);
    return loader.load();
  }

  static Configuration yaml(String text) {
    return load(loader -> loader.text("culvert.yaml", text));
  }

  /** What is wrong, in the words of the user. */
  static List<String> problems(Consumer<ConfigurationLoader> layers) {
    try {
      load(layers);
      return List.of();
    } catch (ConfigurationException e) {
      return e.problems().stream().map(Problem::toString).toList();
    }
  }

  static List<String> problems(String yaml) {
    return problems(loader -> loader.text("culvert.yaml", yaml));
  }
}
