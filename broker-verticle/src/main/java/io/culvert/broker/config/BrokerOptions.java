package io.culvert.broker.config;

import io.culvert.broker.bus.BridgeRule;
import io.culvert.broker.bus.BusOptions;
import io.culvert.mqtt.server.Limits;
import io.culvert.mqtt.server.SharedStrategy;
import io.culvert.mqtt.wire.QoS;
import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.ConfigurationException;
import io.culvert.runtime.config.ConfigurationLoader;
import io.culvert.runtime.config.HeapShare;
import io.culvert.runtime.config.LargestHeap;
import io.culvert.runtime.config.Problem;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The broker's configuration as values.
 *
 * @param instances event loops; 0 for one per processor
 * @param closeGraceMillis how long a last packet may take to leave
 * @param sysIntervalSeconds how often {@code $SYS} is published, or 0 for never
 * @param storms how many clients go and come at a time
 * @param eventBus what other verticles may do
 * @param connectsPerSecond connections that each listener accepts in a second; 0 for any number
 * @param unsentBytes how much the kernel takes of a connection before it has sent it; 0 leaves it
 *     to the system
 */
public record BrokerOptions(
    List<ListenerOptions> listeners,
    int instances,
    int closeGraceMillis,
    int sysIntervalSeconds,
    AuthOptions auth,
    StormOptions storms,
    BusOptions eventBus,
    int connectsPerSecond,
    int unsentBytes,
    Limits limits,
    StoreSettings store) {

  /** Settings that stand for the two listeners that exist unless a list is given. */
  private static final Set<String> SHORT_FORM =
      Set.of("mqtt.bind", "mqtt.port", "mqtt.websocket-port");

  public BrokerOptions {
    listeners = List.copyOf(listeners);
  }

  /**
   * From the configuration of a deployed verticle. Roots that belong to other verticles are not
   * looked at. Reads the files that it names, so it blocks.
   *
   * @throws ConfigurationException with everything that is wrong
   */
  public static BrokerOptions parse(JsonObject config) {
    return parse(config, Set.of());
  }

  /**
   * As above, for an application that brings plug-ins of its own.
   *
   * @param ownPlugins names by which chains of authentication may call them; asked in this order
   *     where no chain is given
   */
  public static BrokerOptions parse(JsonObject config, Set<String> ownPlugins) {
    JsonObject own = config.copy();
    own.remove("deployment");
    return from(
        ConfigurationLoader.of(BrokerSettings.TABLE).json("verticle configuration", own).load(),
        ownPlugins);
  }

  /**
   * From a configuration whose table contains {@link BrokerSettings#TABLE}. Reads the files that it
   * names, so it blocks.
   *
   * @throws ConfigurationException when settings contradict each other, or a file cannot be used
   */
  public static BrokerOptions from(Configuration configuration) {
    return from(configuration, Set.of());
  }

  private static BrokerOptions from(Configuration configuration, Set<String> ownPlugins) {
    List<Problem> problems = new ArrayList<>();
    List<ListenerOptions> listeners = listeners(configuration, problems);
    if (configuration.texts("mqtt.versions").isEmpty()) {
      problems.add(
          new Problem(
              configuration.origin("mqtt.versions"),
              "mqtt.versions",
              "names no version, so no client could connect"));
    }
    String information = optional(configuration, "mqtt.response-information");
    if (information.indexOf('+') >= 0 || information.indexOf('#') >= 0) {
      problems.add(
          new Problem(
              configuration.origin("mqtt.response-information"),
              "mqtt.response-information",
              "has a wildcard, and is to begin topics"));
    }
    checkDistinct(listeners, problems);
    checkEach(listeners, problems);
    AuthOptions auth = AuthOptions.from(configuration, listeners, ownPlugins, problems);
    List<BridgeRule> bridges = BridgeSettings.rules(configuration, problems);
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return new BrokerOptions(
        listeners,
        configuration.integer("mqtt.instances"),
        configuration.integer("mqtt.close-grace-millis"),
        configuration.integer("mqtt.sys-interval-seconds"),
        auth,
        StormOptions.from(configuration),
        EventBusSettings.options(configuration, bridges),
        configuration.integer("limits.connects-per-second"),
        configuration.integer("limits.unsent-bytes"),
        limits(configuration),
        StoreSettings.from(configuration));
  }

  /**
   * Shards of the broker, each with an event loop of its own.
   *
   * @param available how many event loops there are; more than these are not wanted by themselves,
   *     only when {@code instances} names a number
   */
  public int shards(int available) {
    int processors = Runtime.getRuntime().availableProcessors();
    return instances == 0
        ? Math.min(Math.min(processors, available), BrokerSettings.MOST_INSTANCES)
        : instances;
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

  private static Limits limits(Configuration configuration) {
    return Limits.builder()
        .versions(ListenerLimits.versions(configuration.texts("mqtt.versions")))
        .topicAliasMaximum(configuration.integer("mqtt.topic-alias-maximum"))
        .outboundTopicAliasMaximum(configuration.integer("mqtt.outbound-topic-alias-maximum"))
        .maximumQos(QoS.of(configuration.integer("mqtt.maximum-qos")))
        .retainAvailable(configuration.flag("mqtt.retain-available"))
        .wildcardAvailable(configuration.flag("mqtt.wildcard-subscriptions-available"))
        .sharedAvailable(configuration.flag("mqtt.shared-subscriptions-available"))
        .sharedStrategy(sharedStrategy(configuration.text("mqtt.shared-strategy")))
        .subscriptionIdentifiersAvailable(
            configuration.flag("mqtt.subscription-identifiers-available"))
        .responseInformation(optional(configuration, "mqtt.response-information"))
        .serverReference(optional(configuration, "mqtt.server-reference"))
        .emptyClientIdAllowed(configuration.flag("mqtt.empty-client-id"))
        .maximumPacketSizeBytes(configuration.number("limits.packet-bytes"))
        .receiveMaximum(configuration.integer("limits.receive-maximum"))
        .inFlight(configuration.integer("limits.in-flight"))
        .queueMessages(configuration.integer("limits.queue-messages"))
        .queueBytes(configuration.number("limits.queue-bytes"))
        .holdPublisherMillis(configuration.number("limits.hold-publisher-millis"))
        .outboxBytes(configuration.number("limits.outbox-bytes"))
        .subscriptionsPerSession(configuration.integer("limits.subscriptions-per-session"))
        .filtersPerSubscribe(configuration.integer("limits.filters-per-subscribe"))
        .messagesPerSecond(configuration.number("limits.messages-per-second"))
        .bytesPerSecond(configuration.number("limits.bytes-per-second"))
        .topicLevels(configuration.integer("limits.topic-levels"))
        .topicBytes(configuration.integer("limits.topic-bytes"))
        .retainedMessages(configuration.integer("limits.retained-messages"))
        .retainedBytes(configuration.number("limits.retained-bytes"))
        .sessions(configuration.integer("limits.sessions"))
        .nodeBytes(HeapShare.bytes(configuration.text("limits.node-bytes"), LargestHeap.bytes()))
        .userProperties(configuration.integer("limits.user-properties"))
        .willDelaySeconds(configuration.number("limits.will-delay-seconds"))
        .sessionExpirySeconds(configuration.number("limits.session-expiry-seconds"))
        .connectingBytes(configuration.number("limits.connecting-bytes"))
        .connectTimeoutMillis(
            TimeUnit.SECONDS.toMillis(configuration.number("limits.connect-timeout-seconds")))
        .keepAliveSeconds(configuration.integer("limits.keep-alive-max-seconds"))
        .build();
  }

  private static SharedStrategy sharedStrategy(String text) {
    return SharedStrategy.valueOf(text.replace('-', '_').toUpperCase(Locale.ROOT));
  }

  private static String optional(Configuration configuration, String key) {
    return configuration.isPresent(key) ? configuration.text(key) : "";
  }

  private static List<ListenerOptions> listeners(
      Configuration configuration, List<Problem> problems) {
    List<Configuration> sections = configuration.sections("mqtt.listeners");
    if (sections.isEmpty()) {
      return shortForm(configuration, problems);
    }
    for (String key : SHORT_FORM) {
      String origin = configuration.origin(key);
      if (!origin.equals(Configuration.DEFAULT)) {
        problems.add(
            new Problem(
                origin, key, "has no meaning beside mqtt.listeners; set it in that list instead"));
      }
    }
    return sections.stream().map(section -> ListenerOptions.from(section, problems)).toList();
  }

  private static List<ListenerOptions> shortForm(
      Configuration configuration, List<Problem> problems) {
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
        .map(section -> ListenerOptions.from(section, problems))
        .toList();
  }

  private static void checkEach(List<ListenerOptions> listeners, List<Problem> problems) {
    for (int i = 0; i < listeners.size(); i++) {
      listeners.get(i).check("mqtt.listeners[" + i + "]", problems);
    }
  }

  private static void checkDistinct(List<ListenerOptions> listeners, List<Problem> problems) {
    Set<String> taken = new HashSet<>();
    for (int i = 0; i < listeners.size(); i++) {
      ListenerOptions listener = listeners.get(i);
      UnixSocket unix = listener.unix();
      String address = unix == null ? listener.bind() + ":" + listener.port() : unix.file();
      boolean isFixed = unix != null || listener.port() != 0;
      if (isFixed && !taken.add(address)) {
        problems.add(
            new Problem("", "mqtt.listeners[" + i + "]", "another listener has " + address));
      }
    }
  }
}
