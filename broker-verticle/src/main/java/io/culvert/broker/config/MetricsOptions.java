package io.culvert.broker.config;

import static io.culvert.runtime.config.Setting.number;
import static io.culvert.runtime.config.Setting.text;

import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.ConfigurationLoader;
import io.culvert.runtime.config.SettingTable;
import io.culvert.runtime.config.Unit;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * Where metrics and health are served.
 *
 * @param port 0 takes any
 */
public record MetricsOptions(String bind, int port) {
  /** The settings of the root {@code metrics}. */
  public static final SettingTable SETTINGS =
      SettingTable.of(
          number(
              "metrics.port",
              Unit.PORT,
              0,
              65535,
              null,
              "Port that serves `/metrics` for Prometheus, `/health/live` and `/health/ready`; 0"
                  + " takes any. Unless given, none does."),
          text(
              "metrics.bind",
              "127.0.0.1",
              "Address of that port. Whoever can reach it may read it, without credentials; it"
                  + " names listeners, and no client, user or topic."));

  /**
   * From the configuration of a deployed verticle.
   *
   * @return null where nothing is to be served
   * @throws io.culvert.runtime.config.ConfigurationException with everything that is wrong
   */
  public static @Nullable MetricsOptions parse(JsonObject config) {
    JsonObject own = new JsonObject();
    if (config.containsKey("metrics")) {
      own.put("metrics", config.getValue("metrics"));
    }
    Configuration configuration =
        ConfigurationLoader.of(SETTINGS).json("verticle configuration", own).load();
    return configuration.isPresent("metrics.port")
        ? new MetricsOptions(
            configuration.text("metrics.bind"), configuration.integer("metrics.port"))
        : null;
  }

  /** Where the metrics are, once the port is bound. */
  public String uri(int actualPort) {
    String host = bind.contains(":") ? "[" + bind + "]" : bind;
    return "http://" + host + ":" + actualPort + "/metrics";
  }
}
