package io.culvert.broker.config;

import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.ConfigurationException;
import io.culvert.runtime.config.ConfigurationLoader;
import io.culvert.runtime.config.Problem;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The broker's configuration as values.
 *
 * @param versions MQTT versions that are spoken: 3.1, 3.1.1, 5.0
 * @param instances 0 for one per core
 */
public record BrokerOptions(
    List<ListenerOptions> listeners,
    List<String> versions,
    int instances,
    int topicAliasMaximum,
    int closeGraceMillis,
    boolean anonymous,
    LimitOptions limits) {

  /** Settings that stand for the two listeners that exist unless a list is given. */
  private static final Set<String> SHORT_FORM =
      Set.of("mqtt.bind", "mqtt.port", "mqtt.websocket-port");

  public BrokerOptions {
    listeners = List.copyOf(listeners);
    versions = List.copyOf(versions);
  }

  /**
   * From the configuration of a deployed verticle. Roots that belong to other verticles are not
   * looked at.
   *
   * @throws ConfigurationException with everything that is wrong
   */
  public static BrokerOptions parse(JsonObject config) {
    JsonObject own = config.copy();
    own.remove("deployment");
    return from(
        ConfigurationLoader.of(BrokerSettings.TABLE).json("verticle configuration", own).load());
  }

  /**
   * From a configuration whose table contains {@link BrokerSettings#TABLE}.
   *
   * @throws ConfigurationException when settings contradict each other
   */
  public static BrokerOptions from(Configuration configuration) {
    List<Problem> problems = new ArrayList<>();
    List<ListenerOptions> listeners = listeners(configuration, problems);
    if (configuration.texts("mqtt.versions").isEmpty()) {
      problems.add(
          new Problem(
              configuration.origin("mqtt.versions"),
              "mqtt.versions",
              "names no version, so no client could connect"));
    }
    checkDistinct(listeners, problems);
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return new BrokerOptions(
        listeners,
        configuration.texts("mqtt.versions"),
        configuration.integer("mqtt.instances"),
        configuration.integer("mqtt.topic-alias-maximum"),
        configuration.integer("mqtt.close-grace-millis"),
        configuration.flag("auth.anonymous"),
        LimitOptions.from(configuration));
  }

  /** What {@link #parse} gives these listeners for, with all other values of a configuration. */
  public static JsonObject deployable(
      Configuration configuration, List<ListenerOptions> listeners) {
    JsonObject json = configuration.without(SHORT_FORM).toJson();
    json.getJsonObject("mqtt")
        .put("listeners", new JsonArray(listeners.stream().map(ListenerOptions::toJson).toList()));
    return json;
  }

  /** Without settings that have no meaning, so that it can be printed and read again. */
  public static Configuration printable(Configuration configuration) {
    return configuration.sections("mqtt.listeners").isEmpty()
        ? configuration
        : configuration.without(SHORT_FORM);
  }

  private static List<ListenerOptions> listeners(
      Configuration configuration, List<Problem> problems) {
    List<Configuration> sections = configuration.sections("mqtt.listeners");
    if (sections.isEmpty()) {
      return shortForm(configuration);
    }
    for (String key : SHORT_FORM) {
      String origin = configuration.origin(key);
      if (!origin.equals(Configuration.DEFAULT)) {
        problems.add(
            new Problem(
                origin, key, "has no meaning beside mqtt.listeners; set it in that list instead"));
      }
    }
    return sections.stream().map(ListenerOptions::from).toList();
  }

  private static List<ListenerOptions> shortForm(Configuration configuration) {
    JsonArray sections =
        new JsonArray()
            .add(
                new JsonObject()
                    .put("type", "tcp")
                    .put("bind", configuration.text("mqtt.bind"))
                    .put("port", configuration.integer("mqtt.port")))
            .add(
                new JsonObject()
                    .put("type", "websocket")
                    .put("bind", configuration.text("mqtt.bind"))
                    .put("port", configuration.integer("mqtt.websocket-port")));
    JsonObject mqtt = new JsonObject().put("listeners", sections);
    return ConfigurationLoader.of(BrokerSettings.TABLE)
        .json("mqtt.bind, mqtt.port, mqtt.websocket-port", new JsonObject().put("mqtt", mqtt))
        .load()
        .sections("mqtt.listeners")
        .stream()
        .map(ListenerOptions::from)
        .toList();
  }

  private static void checkDistinct(List<ListenerOptions> listeners, List<Problem> problems) {
    Set<String> taken = new HashSet<>();
    for (int i = 0; i < listeners.size(); i++) {
      ListenerOptions listener = listeners.get(i);
      String address = listener.bind() + ":" + listener.port();
      if (listener.port() != 0 && !taken.add(address)) {
        problems.add(
            new Problem("", "mqtt.listeners[" + i + "]", "another listener has " + address));
      }
    }
  }
}
