package io.culvert.tcp.config;

import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.ConfigurationException;
import io.culvert.runtime.config.ConfigurationLoader;
import io.culvert.runtime.config.HeapShare;
import io.culvert.runtime.config.LargestHeap;
import io.culvert.runtime.config.Problem;
import io.culvert.runtime.files.TlsFiles;
import io.culvert.tcp.wire.Dialect;
import io.culvert.tcp.wire.FrameLimits;
import io.culvert.tcp.wire.Secrets;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the verticle serves.
 *
 * @param port 0 takes any
 * @param secretFile null where peers need none
 * @param secrets what was in it
 * @param windowSeconds 0 for no window
 */
public record TcpServiceOptions(
    String bind,
    int port,
    Dialect dialect,
    @Nullable String secretFile,
    @Nullable Secrets secrets,
    long windowSeconds,
    int rememberedMessages,
    FrameLimits limits,
    int maximumConnections,
    int maximumConnectionsPerAddress,
    int connectsPerSecond,
    int maximumSubscriptions,
    int maximumRequests,
    int maximumBusSubscriptions,
    long maximumReceivedBytes,
    int failuresPerConnection,
    int failuresPerAddress,
    long failureWindowMillis,
    @Nullable TlsFiles tls,
    int reloadSeconds,
    List<RouteSettings> routes,
    List<BridgeRule> bridges) {
  /**
   * As long as a frame may be incomplete, a slow peer may leave its queue as it is, times three.
   */
  private static final int STALLED_FRAMES = 3;

  /** Clocks of devices are some minutes off. */
  private static final long DEFAULT_WINDOW_SECONDS = 300;

  private static final String SECRET = "tcp.secret-file";
  private static final String WINDOW = "tcp.window-seconds";

  public TcpServiceOptions {
    routes = List.copyOf(routes);
    bridges = List.copyOf(bridges);
  }

  /** Whether the configuration wants the service at all. */
  public static boolean isWanted(Configuration configuration) {
    return configuration.isPresent("tcp.port");
  }

  /**
   * From the configuration of a deployed verticle. Reads files, so it blocks.
   *
   * @throws ConfigurationException with everything that is wrong
   */
  public static TcpServiceOptions parse(JsonObject config) {
    JsonObject own = new JsonObject();
    if (config.containsKey("tcp")) {
      own.put("tcp", config.getValue("tcp"));
    }
    return from(
        ConfigurationLoader.of(TcpSettings.TABLE).json("verticle configuration", own).load());
  }

  /**
   * From a loaded configuration. Reads files, so it blocks.
   *
   * @throws ConfigurationException with everything that is wrong
   */
  private static TcpServiceOptions from(Configuration configuration) {
    List<Problem> problems = new ArrayList<>();
    if (!isWanted(configuration)) {
      problems.add(new Problem("", "tcp.port", "is needed: 8888, or 0 for any"));
    }
    Dialect dialect = Objects.requireNonNull(Dialect.find(configuration.text("tcp.dialect")));
    String secretFile = secretFile(configuration, problems);
    Secrets secrets = secretFile == null ? null : SecretFile.read(SECRET, secretFile, problems);
    long window = window(configuration, dialect, problems);
    TlsFiles tls = tls(configuration, problems);
    List<RouteSettings> routes =
        configuration.sections("tcp.routes").stream()
            .map(section -> RouteSettings.from(section, problems))
            .toList();
    List<BridgeRule> bridges = BridgeSettings.rules(configuration, problems);
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return new TcpServiceOptions(
        configuration.text("tcp.bind"),
        configuration.integer("tcp.port"),
        dialect,
        secretFile,
        secrets,
        secrets == null ? 0 : window,
        configuration.integer("tcp.remembered-messages"),
        limits(configuration),
        configuration.integer("tcp.max-connections"),
        configuration.integer("tcp.max-connections-per-address"),
        configuration.integer("tcp.connects-per-second"),
        configuration.integer("tcp.max-subscriptions"),
        configuration.integer("tcp.max-requests"),
        configuration.integer("tcp.max-bus-subscriptions"),
        HeapShare.bytes(configuration.text("tcp.received-bytes"), LargestHeap.bytes()),
        configuration.integer("tcp.failures-per-connection"),
        configuration.integer("tcp.failures-per-address"),
        configuration.number("tcp.failure-window-seconds") * 1000,
        tls,
        configuration.integer("tcp.reload-seconds"),
        routes,
        bridges);
  }

  /** What peers connect to, once the port is bound. */
  public String uri(int actualPort) {
    String host = bind.contains(":") ? "[" + bind + "]" : bind;
    return (tls == null ? "tcp" : "tcps") + "://" + host + ":" + actualPort;
  }

  private static FrameLimits limits(Configuration configuration) {
    long frameMillis = configuration.number("tcp.frame-seconds") * 1000;
    return new FrameLimits(
        configuration.integer("tcp.frame-bytes"),
        configuration.integer("tcp.queue-bytes"),
        frameMillis,
        configuration.number("tcp.idle-seconds") * 1000,
        configuration.number("tcp.answer-seconds") * 1000,
        STALLED_FRAMES * frameMillis);
  }

  private static long window(Configuration configuration, Dialect dialect, List<Problem> problems) {
    if (!configuration.isPresent(WINDOW)) {
      return dialect.signsEachMessageAnew() ? DEFAULT_WINDOW_SECONDS : 0;
    }
    long window = configuration.number(WINDOW);
    if (window > 0 && !dialect.signsEachMessageAnew()) {
      problems.add(
          new Problem(
              "",
              WINDOW,
              "cannot be used with "
                  + dialect.id()
                  + ", whose peers sign everything with one time"));
    }
    return window;
  }

  private static @Nullable TlsFiles tls(Configuration configuration, List<Problem> problems) {
    TlsFiles tls = TlsFiles.from(configuration, "tcp.");
    if (tls != null) {
      tls.check("tcp", problems);
    } else if (!configuration.text("tcp.client-certificates").equals("none")) {
      problems.add(
          new Problem(
              "", "tcp.client-certificates", "needs tcp.certificate and tcp.key: there is no TLS"));
    }
    return tls;
  }

  private static @Nullable String secretFile(Configuration configuration, List<Problem> problems) {
    boolean given = configuration.isPresent(SECRET);
    if (configuration.flag("tcp.anonymous")) {
      if (given) {
        problems.add(new Problem("", "tcp.anonymous", "is true, so that a secret means nothing"));
      }
      return null;
    }
    if (!given) {
      problems.add(
          new Problem("", SECRET, "is needed, or tcp.anonymous=true where peers need no secret"));
      return null;
    }
    return configuration.text(SECRET);
  }
}
