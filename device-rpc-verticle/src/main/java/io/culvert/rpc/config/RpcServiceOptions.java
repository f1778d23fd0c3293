package io.culvert.rpc.config;

import io.culvert.client.ServerAddress;
import io.culvert.rpc.protocol.RpcTopic;
import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.ConfigurationException;
import io.culvert.runtime.config.ConfigurationLoader;
import io.culvert.runtime.config.Problem;
import io.culvert.runtime.files.SecurityFile;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the verticle serves.
 *
 * @param broker null for that of the event bus
 * @param user null for none
 * @param password null for none
 * @param authority file with what to trust, or null for what the system trusts
 * @param maximumPayloadBytes of one message; a larger body goes or comes in blocks, or not at all
 * @param perCall whether answers of plain devices are subscribed to for each request
 * @param maximumDevices 0 for no directory
 * @param folder where persistent requests are kept, or null for memory
 * @param maximumPersistent requests; 0 for none
 */
public record RpcServiceOptions(
    String namespace,
    String tag,
    @Nullable String broker,
    @Nullable String user,
    @Nullable String password,
    @Nullable String authority,
    int qos,
    long timeoutMillis,
    int maximumCalls,
    int maximumPayloadBytes,
    boolean perCall,
    int maximumTargets,
    long targetIdleMillis,
    int maximumDevices,
    @Nullable String folder,
    int maximumPersistent,
    int maximumPersistentPerDevice,
    long maximumPersistentBytes) {
  private static final String PASSWORD_FILE = "rpc.password-file";
  private static final List<String> ONLY_WITH_BROKER =
      List.of("rpc.user", PASSWORD_FILE, "rpc.authority");

  /** Whether the configuration wants the service. */
  public static boolean isWanted(Configuration configuration) {
    return configuration.flag("rpc.enabled");
  }

  /**
   * From the configuration of a deployed verticle. Reads files, so it blocks.
   *
   * @throws ConfigurationException with everything that is wrong
   */
  public static RpcServiceOptions parse(JsonObject config) {
    JsonObject own = new JsonObject();
    if (config.containsKey("rpc")) {
      own.put("rpc", config.getValue("rpc"));
    }
    return from(
        ConfigurationLoader.of(RpcSettings.TABLE).json("verticle configuration", own).load());
  }

  private static RpcServiceOptions from(Configuration configuration) {
    List<Problem> problems = new ArrayList<>();
    String broker = text(configuration, "rpc.broker");
    if (broker == null) {
      for (String key : ONLY_WITH_BROKER) {
        if (configuration.isPresent(key)) {
          problems.add(configuration.problem(key, "needs rpc.broker"));
        }
      }
    } else {
      checkAddress(configuration, broker, problems);
    }
    String tag = text(configuration, "rpc.tag");
    String namespace = configuration.text("rpc.namespace");
    checkLevel(configuration, "rpc.namespace", namespace, problems);
    if (tag != null) {
      checkLevel(configuration, "rpc.tag", tag, problems);
    }
    String password = password(configuration, problems);
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return new RpcServiceOptions(
        namespace,
        tag == null ? "culvert-rpc-" + UUID.randomUUID() : tag,
        broker,
        text(configuration, "rpc.user"),
        password,
        text(configuration, "rpc.authority"),
        configuration.integer("rpc.qos"),
        configuration.number("rpc.timeout-millis"),
        configuration.integer("rpc.max-calls"),
        configuration.integer("rpc.max-body-bytes"),
        configuration.text("rpc.plain-responses").equals("per-call"),
        configuration.integer("rpc.max-targets"),
        configuration.number("rpc.target-idle-seconds") * 1000,
        configuration.integer("rpc.max-devices"),
        text(configuration, "rpc.folder"),
        configuration.integer("rpc.max-persistent"),
        configuration.integer("rpc.max-persistent-per-device"),
        configuration.number("rpc.max-persistent-bytes"));
  }

  private static void checkAddress(
      Configuration configuration, String broker, List<Problem> problems) {
    try {
      var unused = ServerAddress.parse(broker);
    } catch (IllegalArgumentException e) {
      problems.add(configuration.problem("rpc.broker", String.valueOf(e.getMessage())));
    }
  }

  private static void checkLevel(
      Configuration configuration, String key, String level, List<Problem> problems) {
    if (!RpcTopic.isLevel(level)) {
      problems.add(
          configuration.problem(
              key,
              "has 1 to %d characters, none of / + # or a control, and no $ in front"
                  .formatted(RpcTopic.MAXIMUM_LEVEL_LENGTH)));
    }
  }

  private static @Nullable String text(Configuration configuration, String key) {
    return configuration.isPresent(key) ? configuration.text(key) : null;
  }

  private static @Nullable String password(Configuration configuration, List<Problem> problems) {
    String file = text(configuration, PASSWORD_FILE);
    return file == null
        ? null
        : new SecurityFile(PASSWORD_FILE, file, problems)
            .readWhole()
            .lines()
            .findFirst()
            .orElse("");
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "RpcServiceOptions[" + namespace + ", " + tag + ", " + broker + "]";
  }
}
